#!/usr/bin/env node
// The `specie` command as npm links it: hands over to the launcher, which runs it under the Node that Specie brings.
import { launch } from '../../../tools/launch.mjs';

await launch('specie', process.argv.slice(2));
