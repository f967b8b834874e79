# A client logs in again after the broker refused it. Needs pytest, pika, and rabbit-snare in front of a broker.
# Run: pytest test_refused_login.py
import json
import os
from urllib.request import Request, urlopen

import pika
import pytest


def control(method, path, body=None):
    url = os.environ.get("RABBIT_SNARE", "http://localhost:8474") + path
    headers = {"Authorization": "Bearer " + os.environ.get("RABBIT_SNARE_TOKEN", "")}
    with urlopen(Request(url, json.dumps(body).encode(), headers, method=method)) as answer:
        return json.loads(answer.read() or "null")


@pytest.fixture
def fault():
    refusal = {"type": "amqp_close", "attributes": {"at": "start-ok", "code": 403}, "times": 2}
    added = control("POST", "/faults?removeAfter=30s", refusal)
    yield added
    control("DELETE", "/faults/" + added["id"].replace("/", "%2F"))


def connect(attempts):  # The code under test: pika itself does not try again after a refused login.
    url = os.environ.get("AMQP_URL", "amqp://guest:guest@localhost:5673")
    try:
        return pika.BlockingConnection(pika.URLParameters(url))
    except pika.exceptions.ProbableAuthenticationError:
        if attempts == 1:
            raise
    return connect(attempts - 1)


def test_the_third_login_succeeds(fault):
    connect(attempts=3).close()
    [report, *_] = control("GET", f"/reports?fault={fault['id']}&since={fault['addedAt']}&wait=5s")
    assert report["connectionClose"]["text"].startswith("ACCESS_REFUSED - Login was refused")
