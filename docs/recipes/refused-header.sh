#!/usr/bin/env bash
# A job publishes again after a refusal. Needs amqp-tools, curl, jq, and rabbit-snare in front of a broker.
# Run: bash refused-header.sh
set -euo pipefail
trap 'echo "failed in line $LINENO" >&2' ERR
url=${AMQP_URL:-amqp://guest:guest@localhost:5673}
queue=recipe-$$

control() { # METHOD PATH [BODY]
  curl --silent --show-error --fail --request "$1" --header "Authorization: Bearer ${RABBIT_SNARE_TOKEN:-}" \
    "${RABBIT_SNARE:-http://localhost:8474}$2" ${3:+--data "$3"}
}
expect_report() { # FILTER REASON: waits for a report since the fault was added.
  control GET "/reports?$1&since=$(jq --raw-output .addedAt <<<"$fault")&wait=5s" |
    jq --exit-status --arg reason "$2" '.[0].reason.name == $reason' >/dev/null
}
clean_up() {
  control DELETE "/faults/$(jq --raw-output '.id | @uri' <<<"$fault")"
  amqp-delete-queue --url="$url" --queue="$queue" >/dev/null
}
publish() { # The code under test: three attempts.
  for _ in 1 2 3; do
    amqp-publish --url="$url" --routing-key="$queue" --body="$1" && return
  done
}

amqp-declare-queue --url="$url" --queue="$queue" >/dev/null
refusal='{"type": "amqp_refuse", "attributes": {"reason": "bad_header"}, "times": 1}'
fault=$(control POST '/faults?removeAfter=30s' "$refusal")
trap clean_up EXIT

publish hello
[[ $(amqp-consume --url="$url" --queue="$queue" --count=1 cat) == hello ]]
expect_report reason=bad_header bad_header
host_and_port=${url##*@}
: <"/dev/tcp/${host_and_port/://}" # A health check: it connects and disconnects, and sends nothing.
expect_report healthCheck=true connection_closed_with_no_data_received
