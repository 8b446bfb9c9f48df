/** The SQLSTATE of an error that PostgreSQL answered, or null. */
export function sqlState(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/**
 * Whether PostgreSQL refused a value or a row: class 22 (data), 23 (constraints), and what is longer or deeper than its own
 * limits (54000, 54001). Other limits are those of a statement.
 */
export function isRefusedRow(error: unknown): boolean {
  return /^(2[23]...|5400[01])$/.test(sqlState(error) ?? '');
}
