import path from 'node:path';
import type { CompiledProgram } from '../language/program.ts';

/** Lines run of lines that could run, a class or trigger a line, the least covered first; test classes left out. */
export function coverageReport(program: CompiledProgram): string {
  const tests = new Set([...program.classes.values()].filter((info) => info.isTest).map((info) => info.file));
  const rows = program
    .coverage()
    .filter(({ file, lines }) => !tests.has(file) && lines.size > 0)
    .map(({ file, lines }) => {
      const missed = [...lines].filter(([, count]) => count === 0).map(([line]) => line);
      return { name: path.basename(file), covered: lines.size - missed.length, total: lines.size, missed };
    })
    .sort((left, right) => left.covered / left.total - right.covered / right.total);
  const covered = rows.reduce((sum, row) => sum + row.covered, 0);
  const total = rows.reduce((sum, row) => sum + row.total, 0);
  const percent = (part: number, whole: number): string =>
    `${whole === 0 ? 100 : Math.floor((100 * part) / whole)}%`.padStart(4);
  const lines = rows.map(
    (row) =>
      `${percent(row.covered, row.total)} ${row.name} (${row.covered}/${row.total})${row.missed.length > 0 ? ` not run: ${row.missed.slice(0, 12).join(', ')}` : ''}`,
  );
  return [...lines, `${percent(covered, total)} of all lines (${covered}/${total})`].join('\n');
}
