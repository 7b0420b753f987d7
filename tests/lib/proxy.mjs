// A line between Foz and a vendor that can be cut, or fall silent without a word, as a firewall drops packets.
import { createServer, connect } from 'node:net';

export async function startProxy(target) {
  const { hostname, port } = new URL(target);
  const sockets = new Set();
  const proxy = { mode: 'forward', connections: 0 };
  const server = createServer((near) => {
    ++proxy.connections;
    sockets.add(near);
    near.on('error', () => {});
    near.on('close', () => sockets.delete(near));
    if (proxy.mode === 'reset') return near.resetAndDestroy();
    const far = connect({ host: hostname, port: Number(port) });
    far.on('error', () => near.destroy());
    far.on('close', () => near.destroy());
    near.on('close', () => far.destroy());
    // Silent: bytes are taken and go nowhere, both ways, on lines that were there before, too.
    near.on('data', (bytes) => proxy.mode === 'silent' || far.write(bytes));
    far.on('data', (bytes) => {
      if (proxy.mode === 'forward') near.write(bytes);
      if (proxy.mode === 'reset') near.resetAndDestroy();
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  proxy.url = `http://127.0.0.1:${server.address().port}`;
  proxy.stop = () => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  };
  return proxy;
}
