#!/usr/bin/env node
import { createProgram } from "../dist/cli/program.js";

await createProgram().parseAsync();
