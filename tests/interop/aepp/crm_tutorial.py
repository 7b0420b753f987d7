"""The CRM tutorial, request for request, through the client's own methods. Each step is a check with a name."""
import sys
import time

import aepp
import requests
from aepp import catalog, dataaccess, dataprep, flowservice, schema
import pyarrow.parquet as parquet

from processes import World

CRM_SPEC = "salesforce"
XDM = "https://ns.adobe.com/xdm/"
PARTS = [XDM + "context/profile", XDM + "context/profile-person-details", XDM + "context/profile-personal-details"]
COLUMNS = ["first_name", "last_name", "email"]
TARGETS = {"first_name": "person.name.firstName", "last_name": "person.name.lastName", "email": "personalEmail.address"}


class Report:
    def __init__(self):
        self.passed, self.failed = 0, 0

    def check(self, name, good, seen=""):
        if good:
            self.passed += 1
        else:
            self.failed += 1
        print(f"  {'ok  ' if good else 'FAIL'} {name}" + ("" if good else f": {seen}"))
        return good

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed else 0


def vendor_rows(vendor):
    """All contacts, read from the simulator by hand."""
    token = requests.post(vendor["url"] + "/services/oauth2/token", timeout=30, data={
        "grant_type": "client_credentials", "client_id": vendor["clientId"], "client_secret": vendor["clientSecret"]}).json()["access_token"]
    rows, path = [], "/services/data/v60.0/query?q=SELECT+FirstName,LastName,Email+FROM+Contact"
    while path:
        page = requests.get(vendor["url"] + path, headers={"Authorization": "Bearer " + token}, timeout=30).json()
        rows += [(r["FirstName"], r["LastName"], r["Email"]) for r in page["records"]]
        path = page.get("nextRecordsUrl")
    return rows


def connect(credentials):
    """The client's own configuration, with Foz in the place of both hosts; it asks for its tokens by itself."""
    aepp.configure(org_id=credentials["orgId"], client_id=credentials["clientId"], secret=credentials["clientSecret"],
                   sandbox=credentials["sandbox"], environment="support", endpoint=credentials["endpoint"], scopes="openid,AdobeID")
    aepp.config.config_object["imsEndpoint"] = credentials["imsEndpoint"]
    aepp.config.config_object["oauthTokenEndpointV2"] = credentials["imsEndpoint"] + "/ims/token/v3"


def build_schema(report, registry):
    adhoc = registry.createClass({
        "title": "CRM contacts class", "description": "columns of the source", "type": "object",
        "allOf": [{"$ref": XDM + "data/adhoc"},
                  {"properties": {"_adhoc": {"type": "object", "properties": {name: {"type": "string"} for name in COLUMNS}}}}]})
    report.check("createClass makes the ad hoc class", "$id" in adhoc, adhoc)
    source = registry.createSchema({"type": "object", "title": "CRM contacts", "description": "", "allOf": [{"$ref": adhoc["$id"]}]})
    report.check("createSchema makes the ad hoc schema", "$id" in source, source)
    target = registry.createSchema({
        "type": "object", "title": "Target schema for CRM source connector", "description": "",
        "allOf": [{"$ref": part} for part in PARTS], "meta:containerId": "tenant", "meta:resourceType": "schemas",
        "meta:xdmType": "object", "meta:class": PARTS[0]})
    report.check("createSchema makes the target schema", "$id" in target, target)
    full = registry.getSchema(target["$id"], full=True, schema_type="xed")
    report.check("getSchema resolves it", "personalEmail" in full.get("properties", {}), list(full)[:10])
    report.check("getTenantId", registry.getTenantId() != "", "")
    report.check("getSchemas lists it", any(one["$id"] == target["$id"] for one in registry.getSchemas()), "")
    return source["$id"], target["$id"]


def build_flow(report, flows, prep, vendor, source_schema, target_schema, dataset):
    spec = flows.getConnectionSpecIdFromName(CRM_SPEC)
    base = flows.createConnection(data={
        "name": "CRM account", "connectionSpec": {"id": spec, "version": "1.0"},
        "auth": {"specName": "OAuth2 Client Credential", "params": {
            "environmentUrl": vendor["url"], "clientId": vendor["clientId"], "clientSecret": vendor["clientSecret"], "apiVersion": "60.0"}}})
    report.check("createConnection logs in at the vendor", "id" in base, base)
    report.check("connectionTest", flows.connectionTest(base["id"]).get("result") is True, "")
    lake = flows.createConnection(name="Data set connection", connectionSpec={"id": flows.getConnectionSpecIdFromName("datalake"), "version": "1.0"})
    report.check("createConnection makes the data set connection", "id" in lake, lake)
    version = "application/vnd.adobe.xed-full-notext+json; version=1"
    source = flows.createSourceConnection({
        "name": "Source Connection for a CRM system", "baseConnectionId": base["id"], "description": "Source Connection for a CRM system",
        "connectionSpec": {"id": spec, "version": "1.0"},
        "data": {"format": "parquet_xdm", "schema": {"id": source_schema, "version": version}},
        "params": {"tableName": "Contact", "columns": [{"name": name, "type": "string", "meta": {"originalType": "String"}} for name in COLUMNS]}})
    report.check("createSourceConnection", "id" in source, source)
    target = flows.createTargetConnectionDataLake(name="Target Connection", datasetId=dataset, schemaId=target_schema, format="parquet_xdm")
    report.check("createTargetConnectionDataLake", "id" in target, target)
    mapping = prep.createMappingSet(mappingSet={
        "version": 0, "xdmSchema": target_schema, "xdmVersion": "1.0", "id": None,
        "mappings": [{"destinationXdmPath": to, "sourceAttribute": name, "identity": False, "identityGroup": None, "namespaceCode": None, "version": 0}
                     for name, to in TARGETS.items()]})
    report.check("createMappingSet", "id" in mapping, mapping)
    report.check("getMappingSet", len(prep.getMappingSet(mapping["id"]).get("mappings", [])) == len(TARGETS), "")
    flow_spec = flows.getFlowSpecIdFromNames("CRMToAEP", CRM_SPEC, "datalake")
    flow = flows.createFlow(flow_spec_id=flow_spec, obj={
        "name": "Dataflow between a CRM system and Platform", "description": "Inbound data to Platform",
        "flowSpec": {"id": flow_spec, "version": "1.0"}, "sourceConnectionIds": [source["id"]], "targetConnectionIds": [target["id"]],
        "transformations": [{"name": "Copy", "params": {"mode": "append"}}, {"name": "Mapping", "params": {"mappingId": mapping["id"]}}],
        "scheduleParams": {"startTime": "1567411548", "frequency": "minute", "interval": "30"}})
    report.check("createFlow", "id" in flow, flow)
    return {"base": base["id"], "source": source["id"], "target": target["id"], "mapping": mapping["id"], "flow": flow["id"]}


def finished_run(flows, flow, seconds=60):
    end = time.time() + seconds
    while time.time() < end:
        for run in flows.getRuns(prop=[f"flowId=={flow}"]):
            if run["metrics"]["statusSummary"]["status"] in ("success", "partialSuccess", "failed"):
                return run
        time.sleep(0.2)
    raise RuntimeError("no run came to its end")


def landed_rows(access, batches):
    rows = []
    for batch in batches:
        for file in access.getBatchFiles(batch):
            for part in access.getFiles(file["dataSetFileId"])["data"]:
                table = parquet.read_table(access.getFiles(file["dataSetFileId"], path=part["name"]))
                for row in table.to_pylist():
                    name = (row.get("person") or {}).get("name") or {}
                    rows.append((name.get("firstName"), name.get("lastName"), (row.get("personalEmail") or {}).get("address")))
    return rows


def check_landing(report, flows, ids, dataset, vendor):
    run = finished_run(flows, ids["flow"])
    report.check("getRuns shows success", run["metrics"]["statusSummary"]["status"] == "success", run["metrics"])
    lake, access = catalog.Catalog(), dataaccess.DataAccess()
    batches = [key for key, batch in lake.getBatches(dataSet=dataset, output="raw").items() if batch["status"] == "success"]
    report.check("getBatches shows the batch", len(batches) == 1, batches)
    landed, wanted = sorted(map(str, landed_rows(access, batches))), sorted(map(str, vendor_rows(vendor)))
    report.check(f"all {len(wanted)} rows landed, values equal", landed == wanted, f"{len(landed)} landed")
    report.check("getPreview shows rows", len(access.getPreview(dataset)) > 0, "")


def check_management(report, flows, ids):
    manager = flowservice.FlowManager(ids["flow"])
    report.check("FlowManager reads the flow", manager.flowSpec.get("name") == "CRMToAEP" and manager.datasetId is not None, manager.summary())
    report.check("getFlows with a filter", [one["id"] for one in flows.getFlows(prop=[f"id=={ids['flow']}"])] == [ids["flow"]], "")
    report.check("postFlowAction disable", "etag" in flows.postFlowAction(ids["flow"], "disable"), "")
    report.check("a disabled flow refuses runs", flows.createRun(ids["flow"]).get("status") == 400, "")
    report.check("postFlowAction enable", "etag" in flows.postFlowAction(ids["flow"], "enable"), "")
    etag = flows.getFlow(ids["flow"])["etag"]
    report.check("updateFlow", "etag" in flows.updateFlow(ids["flow"], etag, [{"op": "Replace", "path": "/description", "value": "changed"}]), "")
    report.check("a stale etag is refused", flows.updateFlow(ids["flow"], etag, [{"op": "Replace", "path": "/name", "value": "x"}]).get("status") == 412, "")
    second = flows.createRun(ids["flow"])
    report.check("createRun", "id" in second, second)
    report.check("an error comes as a dictionary", flows.getFlow("no-such-flow") is not None, "")


def check_deletion(report, flows, ids):
    report.check("deleteFlow", flows.deleteFlow(ids["flow"]) in (204, ""), "")
    report.check("deleteSourceConnection", flows.deleteSourceConnection(ids["source"]) in (204, ""), "")
    report.check("deleteTargetConnection", flows.deleteTargetConnection(ids["target"]) in (204, ""), "")
    report.check("deleteConnection", flows.deleteConnection(ids["base"]) in (204, ""), "")


def main():
    report = Report()
    print("aepp: the CRM tutorial")
    with World(rows=450) as world:
        connect(world.credentials)
        source_schema, target_schema = build_schema(report, schema.Schema())
        made = catalog.Catalog().createDataSet(name="Target Dataset for CRM data", schemaId=target_schema, requestDataSource=True)
        report.check("createDataSet", isinstance(made, list) and made[0].startswith("@/dataSets/"), made)
        dataset = made[0].rsplit("/", 1)[1]
        flows, prep = flowservice.FlowService(), dataprep.DataPrep()
        ids = build_flow(report, flows, prep, world.vendor, source_schema, target_schema, dataset)
        check_landing(report, flows, ids, dataset, world.vendor)
        check_management(report, flows, ids)
        check_deletion(report, flows, ids)
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
