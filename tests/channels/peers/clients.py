"""What vendors' own clients, or others' where the vendor has none, send for what we
send, held against ours: {"FILE ACT": [{"method", "url", "body"}]} on standard input;
what differs is printed, a line each."""

import datetime
import http.server
import json
import sys
import threading
from urllib.parse import parse_qsl, urlsplit

OURS = json.load(sys.stdin)
SENT = []


class Server(http.server.BaseHTTPRequestHandler):
    """Keeps what it is sent, and says what all of the clients take for success."""

    def keep(self):
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length).decode()
        SENT.append((self.command, self.path, read(body)))
        answer = {"result": "success", "status": 0, "success": True, "id": 1, "requestId": "r", "took": 0.1}
        answer |= {"zulip_version": "11.0", "zulip_feature_level": 421, "msg": "", "status_message": "ok"}
        answer |= {"incident": {"id": "I"}, "note": {"id": "N"}, "message_token": 1, "result_code": 0}
        answer |= {"created_at": "2026-11-28T12:00:00Z", "updated_at": "2026-11-28T12:00:00Z"}
        said = json.dumps(answer).encode()
        self.send_response(202 if "/v2/alerts/" in self.path else 200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    do_GET = do_POST = do_PUT = keep

    def log_message(self, *_):
        pass


def read(body):
    """A body as it is written, JSON or a form."""
    return json.loads(body) if body.startswith(("{", "[")) else dict(parse_qsl(body, keep_blank_values=True))


def zulip(body):
    import zulip

    client = zulip.Client(email="bot@city.example", api_key="k", site=BASE)
    to = json.loads(body["to"])
    client.send_message({**body, "to": to})


def gitlab(body, path):
    import gitlab

    _, _, _, _, project, _, issue, _ = path.split("/")
    hers = gitlab.Gitlab(BASE, private_token="t").projects.get(int(project), lazy=True)
    hers.issues.get(int(issue), lazy=True).notes.create(body)


def opsgenie(body, path, does):
    import opsgenie_sdk as sdk

    conf = sdk.configuration.Configuration()
    conf.host, conf.api_key["Authorization"] = BASE, "k"
    alerts = sdk.AlertApi(sdk.ApiClient(conf))
    name = {"acknowledge": "Acknowledge", "close": "Close", "snooze": "Snooze"}[does]
    given = {"end_time" if key == "endTime" else key: value for key, value in body.items()}
    if "end_time" in given:
        given["end_time"] = datetime.datetime.fromisoformat(given["end_time"].replace("Z", "+00:00"))
    payload = getattr(sdk, f"{name}AlertPayload")(**given)
    call = getattr(alerts, f"{does}_alert")
    call(path.split("/")[3], identifier_type="id", **{f"{does}_alert_payload": payload})


def viber(body):
    import viberbot
    from viberbot.api.messages import TextMessage

    sender = body["sender"]["name"]
    api = viberbot.Api(viberbot.BotConfiguration(auth_token="t", name=sender, avatar=None))
    text = TextMessage(text=body["text"], tracking_data=body["tracking_data"], min_api_version=1)
    api._request_sender._viber_bot_api_url = f"{BASE}/pa"
    api.send_messages(body["receiver"], [text])
    # The token goes into a header too, which is where ours is.
    SENT[-1][2].pop("auth_token")


def rocketchat(body):
    from rocketchat_API.rocketchat import RocketChat

    rocket = RocketChat(user_id="u", auth_token="t", server_url=BASE)
    rocket.chat_post_message(body["text"], room_id=body["roomId"], tmid=body["tmid"])


def freshdesk(body, path):
    from freshdesk.api import API

    api = API("city.freshdesk.com", "k")
    api._api_prefix = f"{BASE}/api/v2/"
    ticket = int(path.split("/")[4])
    if path.endswith("/reply"):
        api.comments.create_reply(ticket, body["body"])
    else:
        api.tickets.update_ticket(ticket, **body)


def pagerduty(body, path):
    import pagerduty

    client = pagerduty.RestApiV2Client("k", default_from="floor@city.example")
    # Its own address has to be https; the server of this test is not.
    client._url = BASE
    # The client puts what it is given into the vendor's envelope.
    (what,) = body.values()
    (client.rpost if path.endswith("/notes") else client.rput)(path, json=what)


def told(name, ours):
    """Has the client send what we send; its request."""
    vendor, path = name.split(" ")[0].removesuffix("-webhook"), urlsplit(ours["url"]).path
    SENT.clear()
    body = ours["body"]
    match vendor:
        case "opsgenie":
            opsgenie(body, path, path.rsplit("/", 1)[-1])
        case "gitlab" | "freshdesk" | "pagerduty":
            globals()[vendor](body, path)
        case _:
            globals()[vendor](body)
    return SENT[-1]


def alike(ours, theirs):
    """Whether theirs says what ours does; a client may name what it leaves open."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        named = all(alike(value, theirs.get(key)) for key, value in ours.items())
        return named and all(value is None for key, value in theirs.items() if key not in ours)
    try:
        moment = datetime.datetime.fromisoformat
        return ours == theirs or moment(ours.replace("Z", "+00:00")) == moment(theirs.replace("Z", "+00:00"))
    except (AttributeError, TypeError, ValueError):
        return False


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
BASE = f"http://127.0.0.1:{server.server_port}"
threading.Thread(target=server.serve_forever, daemon=True).start()
for name, requests in OURS.items():
    for ours in requests:
        method, path, body = told(name, ours)
        at = urlsplit(ours["url"])
        wanted = at.path + (f"?{at.query}" if at.query else "")
        if (method, path) != (ours["method"], wanted):
            print(f"{name}: {method} {path} is not {ours['method']} {wanted}")
        if not alike(ours["body"], body):
            print(f"{name}: {json.dumps(body)} is not {json.dumps(ours['body'])}")
