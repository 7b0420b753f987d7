"""What Foz landed of a vendor's table, read from its Parquet files by another reader: one flow from the account to the files."""
import datetime
import io
import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request

import pyarrow.parquet

XDM = "https://ns.adobe.com/xdm/"
PARTS = [XDM + "context/profile", XDM + "context/profile-person-details", XDM + "context/profile-personal-details"]
SPECS = {"salesforce": "cfc0fee1-7dc0-40ef-b73e-d8b134c436f5", "hubspot": "cc6a4487-9e91-433e-a3a3-9cf6626c1806"}
FLOWS, CATALOG, EXPORT = "/data/foundation/flowservice", "/data/foundation/catalog", "/data/foundation/export"
# Where the columns of a person land: texts, a day, and a moment as text.
TARGETS = ["person.name.firstName", "person.name.lastName", "personalEmail.address", "homeAddress.street1", "homeAddress.city",
           "homePhone.number", "person.birthDate", "mobilePhone.number"]


def salesforce_auth(vendor):
    return {"specName": "OAuth2 Client Credential",
            "params": {"environmentUrl": vendor["url"], "clientId": vendor["clientId"], "clientSecret": vendor["clientSecret"]}}


def hubspot_auth(vendor):
    names = ("clientId", "clientSecret", "accessToken", "refreshToken")
    return {"specName": "Basic Authentication", "params": {"baseUrl": vendor["url"], **{name: vendor[name] for name in names}}}


class Api:
    def __init__(self, credentials):
        self.endpoint = credentials["endpoint"]
        form = {"grant_type": "client_credentials", "client_id": credentials["clientId"], "client_secret": credentials["clientSecret"], "scope": "openid"}
        answer = urllib.request.urlopen(credentials["imsEndpoint"] + "/ims/token/v3", data=urllib.parse.urlencode(form).encode())
        self.headers = {"Authorization": "Bearer " + json.loads(answer.read())["access_token"], "x-api-key": credentials["clientId"],
                        "x-gw-ims-org-id": credentials["orgId"], "x-sandbox-name": credentials["sandbox"]}

    def bytes(self, path, body=None):
        url = path if path.startswith("http") else self.endpoint + path
        request = urllib.request.Request(url, headers={**self.headers, **({"Content-Type": "application/json"} if body else {})},
                                         data=json.dumps(body).encode() if body else None)
        try:
            return urllib.request.urlopen(request).read()
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{path}: {error.code} {error.read().decode()[:400]}") from error

    def call(self, path, body=None):
        return json.loads(self.bytes(path, body))


def make_flow(api, vendor_name, auth, table, mappings):
    """The ids of the flow and its data set."""
    made = lambda path, body: api.call(FLOWS + path, body)["id"]  # noqa: E731
    base = made("/connections", {"name": "Account", "auth": auth, "connectionSpec": {"id": SPECS[vendor_name], "version": "1.0"}})
    schema = api.call("/data/foundation/schemaregistry/tenant/schemas", {"type": "object", "title": "Differential", "allOf": [{"$ref": part} for part in PARTS]})["$id"]
    dataset = api.call(CATALOG + "/dataSets", {"name": "Differential", "schemaRef": {"id": schema}})[0].rsplit("/", 1)[1]
    mapping = api.call("/data/foundation/conversion/mappingSets", {
        "outputSchema": {"schemaRef": {"id": schema}},
        "mappings": [{"sourceType": "ATTRIBUTE", "source": source, "destination": target} for target, source in mappings.items()]})["id"]
    flow = made("/flows", {
        "name": "Differential", "flowSpec": {"id": "14518937-270c-4525-bdec-c2ba7cce3860", "version": "1.0"},
        "sourceConnectionIds": [made("/sourceConnections", {"name": "Source", "baseConnectionId": base, "params": {"tableName": table}})],
        "targetConnectionIds": [made("/targetConnections", {"name": "Target", "params": {"dataSetId": dataset}})],
        "transformations": [{"name": "Mapping", "params": {"mappingId": mapping}}],
        "scheduleParams": {"startTime": int(time.time()) - 60, "frequency": "day", "interval": 1}})
    return flow, dataset


def wait_for_run(api, flow, seconds=120):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for run in api.call(FLOWS + f"/runs?property=flowId=={flow}")["items"]:
            status = run["metrics"]["statusSummary"]
            if status["status"] == "success":
                return
            if status["status"] in ("failed", "partialSuccess"):
                raise RuntimeError(f"the run ended: {status}")
        time.sleep(0.1)
    raise RuntimeError(f"no run ended in {seconds} s")


def parquet_rows(api, dataset):
    for batch in api.call(CATALOG + f"/batches?dataSet={dataset}&status=success&limit=100"):
        for entry in api.call(EXPORT + f"/batches/{batch}/files")["data"]:
            for part in api.call(entry["_links"]["self"]["href"])["data"]:
                yield from pyarrow.parquet.read_table(io.BytesIO(api.bytes(part["_links"]["self"]["href"]))).to_pylist()


def plain(value):
    """One spelling for what both sides write in their own ways: days, moments, and empty texts as missing ones."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime.date):
        return plain(value.isoformat())
    text = str(value).replace("\0", "")
    moment = re.fullmatch(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?(Z|\+00:?00)", text)
    if not moment:
        return text
    fraction = (moment[3] or "").rstrip("0").rstrip(".")
    return moment[1] if moment[2] == "00:00:00" and not fraction else f"{moment[1]}T{moment[2]}{fraction}Z"


def at(row, path):
    for name in path.split("."):
        row = row.get(name) if row else None
    return row


def landed_by_foz(world, vendor_name, auth, table, key, columns):
    """{key: values of `columns`}, and how many rows lie there. `columns`: by the name of the source's column."""
    api = Api(world.credentials)
    targets = dict(zip(columns, TARGETS))
    flow, dataset = make_flow(api, vendor_name, auth(world.vendor), table, {"_id": key, **{target: source for source, target in targets.items()}})
    wait_for_run(api, flow)
    rows = list(parquet_rows(api, dataset))
    return {row["_id"]: [plain(at(row, targets[column])) for column in columns] for row in rows}, len(rows)
