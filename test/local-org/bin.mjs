#!/usr/bin/env node
// The command line, from any folder: the sources are TypeScript, which tsx runs as it is.
import { register } from 'tsx/esm/api';

register();
await import('./main.ts');
