import request from 'supertest';
import { afterAll, beforeAll, expect, describe, it } from 'vitest';
import { openTelemetry } from '../../../server/src/process/open-telemetry.ts';
import { traceWith, type Tracer } from '../../../server/src/process/tracing.ts';
import { startCollector, type Collector, type Span } from '../support/collector.ts';
import { changeConsent, createOptIn } from '../support/consent.ts';
import { activeIntegration } from '../support/delivery-scene.ts';
import { setStage, startDeliveryStage, type DeliveryStage } from '../support/delivery-stage.ts';
import { startPostgres } from '../support/postgres.ts';
import { ServerProcess } from '../support/server-process.ts';
import { admin, authorizedToken, contactId, moment } from '../support/test-server.ts';

const APEX = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
const CLICK = 'cccccccccccccccccccccccccccccccc';
const parent = (traceId: string): string => `00-${traceId}-bbbbbbbbbbbbbbbb-01`;

describe('a trace', () => {
  let spans: readonly Span[];
  let collector: Collector;
  let stage: DeliveryStage;
  let tracer: Tracer;
  beforeAll(async () => {
    collector = await startCollector();
    spans = collector.spans;
    stage = await startDeliveryStage();
    tracer = openTelemetry({ endpoint: collector.url, serviceName: 'di-connect', metricsEveryMs: 60_000 });
    traceWith(tracer);
    await goRound();
    traceWith(null);
    await tracer.close();
  });
  afterAll(async () => {
    traceWith(null);
    await stage.server.close();
    await collector.close();
  });

  /** A batch comes from the plugin, its person withdraws by a link, and the org is told. */
  async function goRound(): Promise<void> {
    const { server } = stage;
    const { scene, org } = await setStage(stage);
    await createOptIn(server, scene, 'news');
    await activeIntegration(server, scene, 'Contact', {
      operations: ['consent'],
      optInFields: [{ optIn: 'news', field: 'News__c', trueWhen: 'granted' }],
      matching: { by: 'lookup', field: 'Email', column: 'email', several: 'all' },
    });
    org.put('Contact', { Email: 'ann@example.com', LastName: 'Ann', News__c: true });
    const token = await authorizedToken(server, scene);
    await request(server.app)
      .post('/v1/tables/Contact/batches')
      .set('Authorization', `Bearer ${token}`)
      .set({ 'Idempotency-Key': 'batch-1', 'X-Request-Id': 'apex-1', traceparent: parent(APEX) })
      .send({
        object: 'Contact',
        fields: ['Id', 'SystemModstamp', 'Email', 'LastName'],
        upserts: [[contactId(1), moment(1), 'ann@example.com', 'Ann']],
      })
      .expect(200);
    await changeConsent(server, scene, [
      { contact: { email: 'ann@example.com' }, optIn: 'news', status: 'granted' },
    ]);
    await stage.deliver();
    const made = await admin(server, 'post', `/v1/admin/projects/${scene.project}/consent/links`)
      .send({ purpose: 'unsubscribe', contacts: [{ email: 'ann@example.com' }] })
      .expect(200);
    const [link] = (made.body as { links: { url: string }[] }).links;
    await request(server.app)
      .post(new URL(link?.url ?? '').pathname)
      .set('traceparent', parent(CLICK))
      .type('form')
      .send('List-Unsubscribe=One-Click')
      .expect(200);
    await stage.deliver();
  }

  const ofTrace = (traceId: string): Span[] => spans.filter((span) => span.traceId === traceId);

  it('leads from the request of Apex to the rows', () => {
    const [call, applied, ...others] = ofTrace(APEX).sort((one) => (one.name.startsWith('POST') ? -1 : 1));
    expect(others).toEqual([]);
    expect(call).toMatchObject({
      name: 'POST /v1/tables/{table}/batches',
      parentSpanId: 'bbbbbbbbbbbbbbbb',
      attributes: { 'di.request_id': 'apex-1', 'http.response.status_code': 200 },
    });
    expect(applied).toMatchObject({
      name: 'apply batch',
      parentSpanId: call?.spanId,
      attributes: { 'di.idempotency_key': 'batch-1', 'di.records': 1, 'di.applied': 1, 'di.rejected': 0 },
    });
  });

  it('leads from the click to Salesforce, and to the sending that others have in common with it', () => {
    const [click] = ofTrace(CLICK).filter(({ name }) => name.startsWith('POST'));
    expect(click?.attributes['http.route']).not.toContain('ann');
    const delivered = ofTrace(CLICK).filter(({ name }) => name === 'deliver');
    expect(delivered).toMatchObject([
      { parentSpanId: click?.spanId, attributes: { 'di.object': 'Contact', 'di.outcome': 'updated' } },
    ]);
    const sent = spans.filter(({ name }) => name === 'send deliveries').map(({ spanId }) => spanId);
    expect(sent).toContain(delivered[0]?.links[0]?.spanId);
  });

  it('says nothing of a person', () => {
    expect(spans.length).toBeGreaterThan(3);
    expect(JSON.stringify(spans)).not.toMatch(/ann/i);
  });
});

it('is sent by a server that is told where, which sends what is left before it ends', async () => {
  const collector = await startCollector();
  const postgres = await startPostgres();
  const server = await ServerProcess.start({
    DATABASE_URL: postgres.url,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    SHUTDOWN_NOTICE_SECONDS: '0',
  });
  try {
    await server.ready();
    await fetch(`${server.url}/openapi.json`, { headers: { traceparent: parent(CLICK) } });
    server.child.kill('SIGTERM');
    expect(await server.ended(), server.output).toBe(0);
    expect(collector.spans.map(({ traceId }) => traceId)).toContain(CLICK);
    const metrics = collector.metrics.at(-1)?.[0];
    expect(metrics?.resource.attributes).toMatchObject({ 'service.name': 'di-connect' });
    const requests = metrics?.scopeMetrics[0]?.metrics.find(
      ({ name }) => name === 'di_http_request_duration_seconds',
    );
    const answered = requests?.histogram?.dataPoints.find(
      ({ attributes }) => attributes.route === '/openapi.json',
    );
    expect(answered).toMatchObject({ attributes: { method: 'GET', status: '200' }, count: 1 });
  } finally {
    await server.kill();
    await collector.close();
    await postgres.stop();
  }
});
