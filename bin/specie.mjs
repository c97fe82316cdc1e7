#!/usr/bin/env node
// `npx specie …`: hands over to the launcher, which installs what is missing and runs the command
// line under the Node that Specie brings. npx finds this before anything was installed.
import { launch } from '../tools/launch.mjs';

await launch('specie', process.argv.slice(2));
