"""Schemathesis over Foz's own description: every operation, no 5xx, no hang, no status or body that is not described (F40).
FOZ_FUZZ_EXAMPLES sets how many requests are made for each operation (20)."""
import json
import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "aepp"))
import requests

from processes import World

EXAMPLES = os.environ.get("FOZ_FUZZ_EXAMPLES", "20")
CHECKS = "not_a_server_error,status_code_conformance,response_schema_conformance"
# One run for each service, with the Accept header that gets furthest.
SERVICES = {
    "schemaregistry": "application/vnd.adobe.xed+json; version=1", "catalog": "application/json", "dataset": "application/json", "import": "application/json",
    "export": "application/json", "sandbox-management": "application/json", "access-control": "application/json", "conversion": "application/json",
    "flowservice": "application/json", "foz": "application/json", "ims": "application/json",
}
# What these answer is not Foz's word (501), or would end the run (the sandbox under test goes).
LEFT_OUT = [r"/data/foundation/exim.*", r"/data/infrastructure.*", r"/data/foundation/access-control/administration/\{rest\}"]


def token(credentials):
    answer = requests.post(credentials["imsEndpoint"] + "/ims/token/v3", timeout=30, data={
        "grant_type": "client_credentials", "client_id": credentials["clientId"], "client_secret": credentials["clientSecret"]})
    return answer.json()["access_token"]


def headers_of(credentials):
    return {"Authorization": "Bearer " + token(credentials), "x-api-key": credentials["clientId"], "x-gw-ims-org-id": credentials["orgId"]}


def prefix_of(service):
    return f"/{service}/" if service in ("foz", "ims") else f"/data/foundation/{service}"


def fuzz(credentials, service, accept):
    command = [str(pathlib.Path(sys.executable).parent / "schemathesis"), "run", credentials["endpoint"] + "/foz/openapi.json", "--url", credentials["endpoint"],
               "--checks", CHECKS, "--max-examples", EXAMPLES, "--seed", "1", "--request-timeout", "20", "--phases", "coverage,fuzzing", "--continue-on-failure",
               "--generation-database", "none", "--warnings", "off", "--no-color", "--suppress-health-check", "all", "--include-path-regex", "^" + re.escape(prefix_of(service))]
    for pattern in LEFT_OUT:
        command += ["--exclude-path-regex", pattern]
    for name, value in {**headers_of(credentials), "Accept": accept}.items():
        command += ["-H", f"{name}:{value}"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=1500)
    return ended.returncode, ended.stdout + ended.stderr


def main():
    passed = failed = 0
    with World(rows=10) as world:
        description = requests.get(world.credentials["endpoint"] + "/foz/openapi.json", timeout=30).json()
        for service, accept in SERVICES.items():
            operations = sum(len(verbs) for path, verbs in description["paths"].items() if path.startswith(prefix_of(service)))
            code, log = fuzz(world.credentials, service, accept)
            alive = requests.get(world.credentials["endpoint"] + "/foz/health", timeout=10).status_code == 200
            good = code == 0 and alive
            passed, failed = passed + good, failed + (not good)
            cases = re.search(r"(\d+) generated", log)
            print(f"  {'ok  ' if good else 'FAIL'} {service}: {operations} operations, {cases.group(1) if cases else '?'} requests")
            if not good:
                print(log[-6000:])
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
