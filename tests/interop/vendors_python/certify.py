"""simple-salesforce, hubspot-api-client and tap-salesforce against the simulators: logins, metadata, every row by two ways of the
client's own and as Foz landed it, only what changed. Prints client, simulator, calls, rows compared, differences."""
import csv
import io
import json
import pathlib
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "aepp"))
from landed import hubspot_auth, landed_by_foz, plain, salesforce_auth  # noqa: E402
from processes import World  # noqa: E402

CONTACT = ["FirstName", "LastName", "Email", "MailingStreet", "MailingCity", "Phone", "Birthdate", "SystemModstamp"]


class Session:
    def __init__(self, client, vendor, rows):
        self.client, self.vendor = client, vendor
        self.passed = self.failed = self.rows = self.differences = self.calls = 0
        self.world = World(rows, vendor, seed=7)
        self.simulator = self.world.vendor

    def check(self, name, good, seen=None):
        self.passed, self.failed = self.passed + bool(good), self.failed + (not good)
        print(f"  {'ok  ' if good else 'FAIL'} {name}{'' if good else f': {seen!r}'[:400]}")

    def compare(self, name, wanted, got):
        different = {key for key in wanted.keys() | got.keys() if wanted.get(key) != got.get(key)}
        self.rows, self.differences = self.rows + len(wanted), self.differences + len(different)
        self.check(f"{name}: {len(wanted)} rows, {len(different)} differences", wanted and not different, [(key, wanted.get(key), got.get(key)) for key in list(different)[:2]])

    def differ(self, name, auth, table, key, sources, read):
        """The differential rule (Sources contract, 8): `read` is the client's {key: values}; `sources`: the columns' names in Foz."""
        landed, rows = landed_by_foz(self.world, self.vendor, auth, table, key, sources)
        self.check(f"{name}: every column has values", all(any(row[i] is not None for row in read.values()) for i in range(len(sources))))
        self.check(f"{name}: Foz landed each row once", rows == len(landed) == len(read), [rows, len(landed), len(read)])
        self.compare(f"{name} against Foz", {one: [plain(value) for value in row] for one, row in read.items()}, landed)

    def control(self, path, body=None):
        request = urllib.request.Request(f"{self.simulator['url']}/_sim/{path}", data=None if body is None else json.dumps(body).encode())
        return json.loads(urllib.request.urlopen(request).read())


def plain_session():
    """https is built into the client's addresses; the simulator at hand speaks plain http."""
    import requests
    from requests.adapters import HTTPAdapter

    class Plain(HTTPAdapter):
        def send(self, request, **arguments):
            request.url = request.url.replace("https://", "http://", 1)
            return super().send(request, **arguments)

    session = requests.Session()
    session.mount("https://", Plain())
    return session


def salesforce(session):
    from simple_salesforce import Salesforce, SalesforceExpiredSession
    url = session.simulator["url"]
    form = urllib.parse.urlencode({"grant_type": "client_credentials", "client_id": session.simulator["clientId"], "client_secret": session.simulator["clientSecret"]})
    token = json.loads(urllib.request.urlopen(f"{url}/services/oauth2/token", data=form.encode()).read())["access_token"]
    client = Salesforce(instance_url=url, session_id=token, version="60.0", session=plain_session())
    rows = {row["Id"]: [row[name] for name in CONTACT] for row in client.query_all_iter(f"SELECT Id, {', '.join(CONTACT)} FROM Contact")}
    session.differ("query_all", salesforce_auth, "Contact", "Id", CONTACT, rows)
    names = [one["name"] for one in client.describe()["sobjects"]]
    session.check("describe lists the objects", "Contact" in names and len(names) == len(set(names)), names[:5])
    columns = ["Id", "LastName", "Email", "Birthdate", "Description"]
    soql = f"SELECT {', '.join(columns)} FROM Contact"
    rest = {row["Id"]: [row[name] or "" for name in columns] for row in client.query_all_iter(soql)}
    bulk = {}
    for page in client.bulk2.Contact.query(soql, max_records=1000):
        for row in csv.DictReader(io.StringIO(page)):
            bulk[row["Id"]] = [row[name] for name in columns]
    clean = lambda rows: {key: [value.replace("\0", "").replace("\r\n", "\n") for value in row] for key, row in rows.items()}  # noqa: E731
    session.compare("query_all against bulk2", clean(rest), clean(bulk))
    limits = client.limits()
    session.check("limits", limits["DailyApiRequests"]["Remaining"] <= limits["DailyApiRequests"]["Max"], limits)
    changed = session.control("mutate", {"op": "update", "table": "Contact", "count": 4, "set": {"LastName": "Again"}})
    again = client.query_all("SELECT Id FROM Contact WHERE LastName = 'Again'")
    session.check("what changed is found", sorted(row["Id"] for row in again["records"]) == sorted(changed["ids"]), again["totalSize"])
    session.control("faults", {"expireTokens": "all"})
    try:
        client.query("SELECT Id FROM Account LIMIT 1")
        session.check("an expired session is told", False)
    except SalesforceExpiredSession as error:
        session.check("an expired session is told", error.status == 401, error)


def hubspot(session):
    import hubspot as sdk
    from hubspot.crm.contacts import BatchReadInputSimplePublicObjectId, PublicObjectSearchRequest
    from hubspot.crm.contacts.exceptions import ApiException
    client = sdk.Client.create(access_token=session.simulator["accessToken"])
    client.config["host"] = session.simulator["url"]
    contacts = client.crm.contacts
    names = ["email", "firstname", "lastname", "lifecyclestage", "topics"]
    for api in (contacts.basic_api, contacts.batch_api, contacts.search_api):
        api.api_client.configuration.host = session.simulator["url"]
    listed = {one.id: one.properties for one in contacts.get_all(properties=names)}
    batched = {}
    ids = list(listed)
    for at in range(0, len(ids), 100):
        wanted = BatchReadInputSimplePublicObjectId(inputs=[{"id": one} for one in ids[at:at + 100]], properties=names, properties_with_history=[])
        for one in contacts.batch_api.read(batch_read_input_simple_public_object_id=wanted).results:
            batched[one.id] = one.properties
    own = lambda rows: {key: [row.get(name) for name in names] for key, row in rows.items()}  # noqa: E731
    session.compare("get_all against batch reads", own(listed), own(batched))
    wanted = ["firstname", "lastname", "email", "company", "lifecyclestage", "topics", "date_of_birth", "lastmodifieddate"]
    rows = {one.id: [one.properties.get(name) for name in wanted] for one in contacts.get_all(properties=wanted)}
    column = lambda name: "Properties_" + "_".join(part.capitalize() for part in name.split("_")) + "_Value"  # noqa: E731
    session.differ("get_all", hubspot_auth, "Hubspot.Contacts", "Vid", [column(name) for name in wanted], rows)
    changed = session.control("mutate", {"op": "update", "table": "contacts", "count": 5, "set": {"lastname": "Again"}})
    found = contacts.search_api.do_search(public_object_search_request=PublicObjectSearchRequest(
        filter_groups=[{"filters": [{"propertyName": "lastname", "operator": "EQ", "value": "Again"}]}], properties=["lastname"], limit=100))
    session.check("what changed is found", sorted(one.id for one in found.results) == sorted(str(one) for one in changed["ids"]), found.total)
    session.control("faults", {"expireTokens": "all"})
    try:
        contacts.basic_api.get_page(limit=1)
        session.check("an expired token is told", False)
    except ApiException as error:
        session.check("an expired token is told", error.status == 401, error.status)


def tap(session, api_type):
    """Discovery, then a sync of Contact; RECORD messages by their key."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        config = {"refresh_token": session.simulator["refreshToken"], "client_id": session.simulator["clientId"], "client_secret": session.simulator["clientSecret"],
                  "start_date": "2000-01-01T00:00:00Z", "api_type": api_type, "quota_percent_per_run": 100, "quota_percent_total": 100}
        (path / "config.json").write_text(json.dumps(config))
        (path / "state.json").write_text("{}")

        def run(*arguments):
            done = subprocess.run([sys.executable, str(pathlib.Path(__file__).with_name("tap.py")), session.simulator["url"], "--config", str(path / "config.json"), *arguments],
                                  capture_output=True, text=True, timeout=600, check=False)
            if done.returncode != 0:
                raise RuntimeError(f"tap-salesforce ended with {done.returncode}: {done.stderr[-600:]}")
            return done.stdout

        catalog = json.loads(run("--discover"))
        names = [one["stream"] for one in catalog["streams"]]
        session.check(f"{api_type}: discovery finds the objects", "Contact" in names and "Account" in names, names)
        catalog["streams"] = [one for one in catalog["streams"] if one["stream"] == "Contact"]
        for entry in catalog["streams"][0]["metadata"]:
            if not entry["breadcrumb"]:
                entry["metadata"].update({"selected": True, "replication-method": "INCREMENTAL", "replication-key": "SystemModstamp"})
            else:
                entry["metadata"]["selected"] = entry["breadcrumb"][1] in CONTACT
        (path / "catalog.json").write_text(json.dumps(catalog))
        lines = [json.loads(line) for line in run("--properties", str(path / "catalog.json"), "--state", str(path / "state.json")).splitlines()]
    records = [line["record"] for line in lines if line["type"] == "RECORD"]
    rows = {record["Id"]: [record.get(name) for name in CONTACT] for record in records}
    session.check(f"{api_type}: each record once", len(rows) == len(records) > 0, [len(rows), len(records)])
    return rows


def tap_salesforce(session):
    rest = tap(session, "REST")
    session.differ("REST", salesforce_auth, "Contact", "Id", CONTACT, rest)
    clean = lambda rows: {key: [(plain(value) or "").replace("\r\n", "\n") for value in row] for key, row in rows.items()}  # noqa: E731
    session.compare("BULK against REST", clean(rest), clean(tap(session, "BULK")))
    # A job that times out: the tap asks again with chunking by primary key, in windows.
    session.control("settings", {"queryTimeoutRows": len(rest) - 1})
    session.compare("BULK in chunks against REST", clean(rest), clean(tap(session, "BULK")))


sessions = []
for package, vendor, rows, work in (("simple-salesforce", "salesforce", 4500, salesforce), ("hubspot-api-client", "hubspot", 1250, hubspot),
                                    ("tap-salesforce", "salesforce", 3000, tap_salesforce)):
    print(f"{package} x foz-sim {vendor}")
    session = Session(package, vendor, rows)
    sessions.append(session)
    try:
        work(session)
        session.calls = session.control("counters")["requests"]
    except Exception as error:  # a client that stumbles is a failure of the session, not of the others
        session.check("the session", False, f"{type(error).__name__}: {error}")
    finally:
        session.world.__exit__()
print(f"{'client':20} {'simulator':11} {'calls':>5} {'rows compared':>14} {'differences':>12}")
for one in sessions:
    print(f"{one.client:20} {one.vendor:11} {one.calls:5} {one.rows:14} {one.differences:12}")
failed = sum(one.failed for one in sessions)
print(f"{sum(one.passed for one in sessions)} passed, {failed} failed")
sys.exit(1 if failed else 0)
