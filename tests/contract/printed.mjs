// The curl commands of a tutorial page as requests: method, URL, headers, body text.

export function printedRequests(page) {
  const requests = [];
  for (const [, block] of page.matchAll(/```shell\s+([\s\S]*?)```/g)) {
    const command = block.replace(/\\\n\s*/g, ' ');
    const method = /curl -X (\w+)/.exec(command)[1];
    const url = /curl -X \w+\s+'([^']+)'/.exec(command)[1];
    const headers = [...command.matchAll(/-H '([^']+)'/g)].map(([, header]) => header);
    const body = /-d '([\s\S]*)'/.exec(command)?.[1];
    requests.push({ method, url, headers, body });
  }
  return requests;
}

/// A body for comparison: parsed where it is JSON, else its text without layout.
export function comparable(body) {
  if (body === undefined) return undefined;
  if (typeof body !== 'string') return body;
  try {
    return JSON.parse(body);
  } catch {
    return body.replace(/\s+/g, ' ').trim();
  }
}
