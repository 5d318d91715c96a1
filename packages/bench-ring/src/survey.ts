/** Our own numbers over node counts, networks, sizes and sealing. */
import type { Cluster } from './cluster.ts';
import { SIZES } from './compare.ts';
import { startHoldfast } from './holdfast.ts';
import { flood, type Latency, latencyOf, ping, settle } from './measure.ts';
import { loopback, namespaces, type Network } from './network.ts';

export type SurveyChoice = {
  readonly nodes: number;
  readonly network: Network['kind'];
  readonly isSealed: boolean;
  readonly forMs: number;
};

export type Survey = SurveyChoice & {
  readonly formedMs: number;
  readonly memoryKb: number;
  /** The token's way round, in ms, while one node floods; idle, the ring holds it. */
  readonly rotationMs: number | undefined;
  readonly rates: readonly { readonly size: number; readonly one: number; readonly all: number }[];
  readonly idle: Record<'sender' | 'receiver', Latency>;
  readonly loaded: Record<'sender' | 'receiver', Latency>;
  readonly remarks: readonly string[];
};

export async function survey(choice: SurveyChoice): Promise<Survey> {
  const { nodes, isSealed } = choice;
  const network = choice.network === 'loopback' ? loopback(nodes) : namespaces(nodes);
  let cluster: Cluster | undefined;
  try {
    cluster = await startHoldfast(network, { nodes, isSealed, transport: 'knet' });
    await settle();
    return await measure(cluster, choice);
  } finally {
    await cluster?.close();
    network.close();
  }
}

async function measure(cluster: Cluster, choice: SurveyChoice): Promise<Survey> {
  const { nodes, forMs } = choice;
  const memoryKb = cluster.memoryKb();
  const latency = async (isLoaded: boolean): Promise<Survey['idle']> => {
    const { sender, receiver } = await ping(cluster, { nodes, size: 64, forMs }, isLoaded);
    return { sender: latencyOf(sender), receiver: latencyOf(receiver) };
  };
  const idle = await latency(false);
  const loaded = await latency(true);
  const rates: { size: number; one: number; all: number }[] = [];
  for (const size of SIZES) {
    const one = await flood(cluster, { nodes, size, forMs }, 'one');
    const all = await flood(cluster, { nodes, size, forMs }, 'all');
    rates.push({ size, one, all });
  }
  const rotationMs = await rotation(cluster, choice);
  const remarks = cluster.remarks();
  const { formedMs } = cluster;
  return { ...choice, formedMs, memoryKb, rotationMs, rates, idle, loaded, remarks };
}

async function rotation(
  cluster: Cluster,
  { nodes, forMs }: SurveyChoice,
): Promise<number | undefined> {
  const busy = flood(cluster, { nodes, size: 64, forMs }, 'one');
  const seen = await cluster.rotations(forMs * 0.8);
  await busy;
  return seen === undefined || seen.perSecond === 0 ? undefined : 1000 / seen.perSecond;
}
