// The story, told by Segment's SDK for browsers within a page of a shop. Answers with the cookie that the SDK made.
async (story) => {
  const loaded = AnalyticsNext.AnalyticsBrowser.load({ writeKey: story.key, cdnURL: story.host }, {
    integrations: { 'Segment.io': { deliveryStrategy: story.strategy } },
  })
  const [analytics] = await loaded
  await analytics.page('Home')
  await analytics.identify(story.user, story.traits, { externalIds: story.external_ids })
  await analytics.track('Product Added', story.product)
  await analytics.track('Order Completed', story.order)
  await analytics.group(story.group, { name: 'Acme' })
  await analytics.screen('Cart')
  await analytics.alias(story.user, story.before)
  return analytics.user().anonymousId()
}
