// The least that a server does for a batch: Express reads the JSON of rows, and pg writes them by the floor's statement. It runs
// in a process of its own, as the server does: DATABASE_URL says where, and the parent is told the port.
import express from 'express';
import pg from 'pg';
import { floorOf } from './floor.ts';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
const { table, text } = floorOf('bare_route');
await pool.query(table);
const app = express();
app.use(express.json({ limit: '10mb' }));
app.post('/batches', async (request, response) => {
  const values = [JSON.stringify(request.body)];
  const { rowCount } = await pool.query({ name: 'floor', text, values });
  response.json({ applied: rowCount, rejected: [] });
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' && address !== null ? address.port : 0);
});
