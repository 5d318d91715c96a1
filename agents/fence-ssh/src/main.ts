#!/usr/bin/env node
/** The agent as a fence executable: parameters on stdin. */
import { spawn } from 'node:child_process';
import * as fs from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { fenceMain } from '@holdfast/agent';
import { agent } from './agent.ts';

process.exitCode = await fenceMain(
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
    stdin: () => text(process.stdin),
    out: (words) => process.stdout.write(words),
    err: (words) => process.stderr.write(words),
  },
);
