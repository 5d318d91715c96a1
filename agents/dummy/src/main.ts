#!/usr/bin/env node
/** The agent as an OCF executable. */
import { runAgent } from '@holdfast/agent-process';
import { agent } from './agent.ts';

process.exitCode = await runAgent(agent);
