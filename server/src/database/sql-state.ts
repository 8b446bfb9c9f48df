/** The SQLSTATE of an error that PostgreSQL answered, or null. */
export function sqlState(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** Whether PostgreSQL refused a value or a row: class 22 (data) and 23 (constraints). */
export function isRefusedRow(error: unknown): boolean {
  return /^2[23]/.test(sqlState(error) ?? '');
}
