/** A web server two routers away from Linux: `tapstack lab up behind-two-routers.ts -- curl http://192.168.20.1/`. */
import { lab } from 'tapstack/lab';

export default lab({
  title: 'A web server two routers away from Linux',
  play(net) {
    const linux = net.tap('linux', { address: '192.168.10.9/24', gateway: '192.168.10.254' });
    const s1 = net.switch('s1');
    const r1 = net.router('r1', { ports: { lan: '192.168.10.254/24', wan: '10.0.1.1/30' }, routes: { default: '10.0.1.2' } });
    const r2 = net.router('r2', { ports: { wan: '10.0.1.2/30', lan: '192.168.20.254/24' }, routes: { default: '10.0.1.1' } });
    const server = net.host('server', { address: '192.168.20.1/24', gateway: '192.168.20.254' });
    net.cable(linux, s1);
    net.cable(s1, r1.port('lan'));
    net.cable(r1.port('wan'), r2.port('wan'));
    net.cable(r2.port('lan'), server);
    server.listen(80, async (socket) => {
      await socket.read();
      const page = 'Hello from behind two routers.\n';
      await socket.write(new TextEncoder().encode(`HTTP/1.0 200 OK\r\nContent-Length: ${page.length}\r\n\r\n${page}`));
      await socket.close();
    });
  },
});
