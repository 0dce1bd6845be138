"""The story, told by Segment's SDK for Python. Run by the Python that has it, with the story as JSON."""

import json
import sys

from segment.analytics.client import Client

story = json.loads(sys.argv[1])
user, cookie = story["user"], story["cookie"]
failures = []

client = Client(
    story["key"],
    host=story["host"],
    gzip=story["gzip"],
    max_retries=2,
    on_error=lambda error, _: failures.append(error),
)
client.page(anonymous_id=cookie, name="Home", properties={"path": "/"})
client.identify(user, traits=story["traits"], anonymous_id=cookie, context={"externalIds": story["external_ids"]})
client.track(user, "Product Added", story["product"])
client.track(user, "Order Completed", story["order"])
client.group(user, story["group"], {"name": "Acme"})
client.screen(user, name="Cart")
client.alias(story["before"], user)
client.shutdown()
sys.exit(f"not sent: {failures}" if failures else 0)
