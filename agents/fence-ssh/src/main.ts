#!/usr/bin/env node
/** The agent as a fence executable: parameters on stdin. */
import { runFenceAgent } from '@holdfast/agent-process';
import { agent } from './agent.ts';

process.exitCode = await runFenceAgent(agent);
