// The story, told by RudderStack's SDK for Node. The story is JSON in the first argument.
const Analytics = require('@rudderstack/rudder-sdk-node').default ?? require('@rudderstack/rudder-sdk-node')

const story = JSON.parse(process.argv[2])
const { user: userId, cookie: anonymousId } = story
const analytics = new Analytics(story.key, { dataPlaneUrl: story.host, gzip: story.gzip, flushAt: 100 })

analytics.page({ anonymousId, name: 'Home', properties: { path: '/' } })
analytics.identify({ userId, anonymousId, traits: story.traits, context: { externalId: story.external_ids } })
analytics.track({ userId, event: 'Product Added', properties: story.product })
analytics.track({ userId, event: 'Order Completed', properties: story.order })
analytics.group({ userId, groupId: story.group, traits: { name: 'Acme' } })
analytics.screen({ userId, name: 'Cart' })
analytics.alias({ userId, previousId: story.before })
analytics.flush((error) => {
  if (error) {
    console.error('not sent:', error)
    process.exitCode = 1
  }
})
