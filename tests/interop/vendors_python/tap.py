"""tap-salesforce as its users run it, but for its login host, which it has hard-wired: that is the simulator (first argument)."""
import sys

import requests
import tap_salesforce

simulator = sys.argv.pop(1)
send = requests.Session.send


def send_to_simulator(session, request, **arguments):
    for host in ("https://login.salesforce.com", "https://test.salesforce.com"):
        if request.url.startswith(host + "/"):
            request.url = simulator + request.url[len(host):]
    return send(session, request, **arguments)


requests.Session.send = send_to_simulator
tap_salesforce.main()
