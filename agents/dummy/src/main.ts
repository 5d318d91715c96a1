#!/usr/bin/env node
/** The agent as an OCF executable. */
import { spawn } from 'node:child_process';
import * as fs from 'node:fs/promises';
import { ocfMain } from '@holdfast/agent';
import { agent } from './agent.ts';

process.exitCode = await ocfMain(
  agent,
  {
    spawn,
    fs,
    kill: (pid, signal) => process.kill(pid, signal),
    setTimeout,
    clearTimeout,
    now: () => Date.now(),
  },
  {
    argv: process.argv.slice(2),
    env: process.env,
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  },
);
