import { Hono } from 'hono';
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** What an operator watches, in Prometheus' text format. No label ever carries an id. */
export type Metrics = {
  /** @param seconds from the first byte of the request to the last of the answer's head */
  request(method: string, status: number, seconds: number): void;
  /** The same of what is below /devices. @param what readings that are sent, notifications of vendors, pages */
  device(what: 'readings' | 'notification' | 'page', method: string, status: number, seconds: number): void;
  /** A row came out of the database that its grant does not cover: somebody must look at once. */
  gateMismatch(): void;
  /** GET /metrics */
  route: Hono;
};

const buckets = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30];

const classOf = (status: number): string => `${Math.floor(status / 100)}xx`;

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'portico_request_seconds',
    help: 'FHIR requests by method and class of status',
    labelNames: ['method', 'status'],
    buckets,
    registers: [registry],
  });
  const devices = new Histogram({
    name: 'portico_device_request_seconds',
    help: 'Requests below /devices by what they bring, method and class of status',
    labelNames: ['what', 'method', 'status'],
    buckets,
    registers: [registry],
  });
  const mismatches = new Counter({
    name: 'portico_gate_mismatch_total',
    help: 'Rows outside their grant that release refused; anything but 0 is a fault in a Scan',
    registers: [registry],
  });
  // By the method and the first digit of the status: looking a label up costs more than counting.
  const labelled = new Map<string, ReturnType<typeof requests.labels>>();
  return {
    request(method, status, seconds) {
      const name = `${method} ${Math.floor(status / 100)}`;
      let one = labelled.get(name);
      if (!one) {
        one = requests.labels(method, classOf(status));
        labelled.set(name, one);
      }
      one.observe(seconds);
    },
    device: (what, method, status, seconds) => devices.labels(what, method, classOf(status)).observe(seconds),
    gateMismatch: () => mismatches.inc(),
    route: new Hono().get('/metrics', async (c) =>
      c.body(await registry.metrics(), 200, { 'Content-Type': registry.contentType }),
    ),
  };
}
