/**
 * Writes `spec/vectors/12-purse.json`. A test holds the file equal to what this makes.
 */
import fs from 'node:fs';
import path from 'node:path';
import { purseVectors } from '@specie/core/purse/vectors.fixture';

const FILE = path.join(import.meta.dirname, '../spec/vectors/12-purse.json');

fs.writeFileSync(FILE, `${JSON.stringify(purseVectors(), null, 1)}\n`);
