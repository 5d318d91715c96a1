/** A Redfish service over one computer system, as a function from request to answer (DMTF DSP0266). */
import type { Shown } from './bank.ts';
import type { Command } from './command.ts';

const ROOT = '/redfish/v1';
const SYSTEM = `${ROOT}/Systems/1`;
const RESET = `${SYSTEM}/Actions/ComputerSystem.Reset`;
const SESSIONS = `${ROOT}/SessionService/Sessions`;

/** What each kind of reset orders; those that need power do nothing without. */
const RESETS: Readonly<Record<string, Command>> = {
  On: 'on',
  ForceOn: 'on',
  ForceOff: 'off',
  GracefulShutdown: 'off',
  ForceRestart: 'reboot',
  GracefulRestart: 'reboot',
  PowerCycle: 'reboot',
};

export type RedfishAsked = {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  /** False: the request carries no credentials that are known. */
  readonly isKnown: boolean;
};

export type RedfishView = {
  readonly name: string;
  readonly system: Shown;
  /** Gives an order; false where it is refused. */
  readonly order: (command: Command) => boolean;
  /** Opens a session; undefined where the login is wrong. */
  readonly logIn: (user: string, password: string) => string | undefined;
  readonly logOut: (token: string) => boolean;
};

export type RedfishAnswer = {
  readonly status: number;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
};

export function answerRedfish(asked: RedfishAsked, view: RedfishView): RedfishAnswer {
  const path = asked.path.length > 1 ? asked.path.replace(/\/+$/, '') : asked.path;
  if (path === '/redfish') return { status: 200, body: { v1: `${ROOT}/` } };
  if (path === ROOT) return get(asked, root(view));
  if (path === SESSIONS && asked.method === 'POST') return logIn(asked.body, view);
  if (!asked.isKnown) {
    return {
      ...error(401, 'Base.1.8.NoValidSession', 'There is no valid session, and no valid login.'),
      headers: { 'WWW-Authenticate': 'Basic realm="Redfish"' },
    };
  }
  if (path.startsWith(`${SESSIONS}/`) && asked.method === 'DELETE') {
    return view.logOut(path.slice(SESSIONS.length + 1)) ? { status: 204 } : missing(path);
  }
  if (path === RESET) return reset(asked, view);
  const body = resource(path, view);
  return body === undefined ? missing(path) : get(asked, body);
}

function resource(path: string, { name, system }: RedfishView): object | undefined {
  switch (path) {
    case `${ROOT}/Systems`:
      return collection(path, '#ComputerSystemCollection.ComputerSystemCollection', [SYSTEM]);
    case `${ROOT}/Chassis`:
      return collection(path, '#ChassisCollection.ChassisCollection', []);
    case `${ROOT}/Managers`:
      return collection(path, '#ManagerCollection.ManagerCollection', []);
    case SYSTEM:
      return {
        '@odata.id': SYSTEM,
        '@odata.type': '#ComputerSystem.v1_13_0.ComputerSystem',
        Id: '1',
        Name: system.name,
        HostName: system.name,
        SystemType: 'Physical',
        Manufacturer: 'Holdfast',
        Model: `simulated behind ${name}`,
        PowerState: powerState(system),
        Status: { State: 'Enabled', Health: 'OK' },
        Actions: {
          '#ComputerSystem.Reset': {
            target: RESET,
            'ResetType@Redfish.AllowableValues': Object.keys(RESETS),
          },
        },
      };
    default:
      return undefined;
  }
}

function powerState({ power, isPending }: Shown): string {
  if (power === 'on') return isPending ? 'PoweringOff' : 'On';
  return isPending ? 'PoweringOn' : 'Off';
}

function reset({ method, body }: RedfishAsked, view: RedfishView): RedfishAnswer {
  if (method !== 'POST') return wrongMethod();
  const kind = fieldOf(body, 'ResetType');
  const command = kind === undefined ? undefined : RESETS[kind];
  if (command === undefined) {
    return error(
      400,
      'Base.1.8.ActionParameterNotSupported',
      `ResetType must be one of ${Object.keys(RESETS).join(', ')}.`,
    );
  }
  if (view.order(command)) return { status: 204 };
  return error(503, 'Base.1.8.ServiceTemporarilyUnavailable', 'The system does not take it now.');
}

function logIn(body: unknown, view: RedfishView): RedfishAnswer {
  const user = fieldOf(body, 'UserName');
  const password = fieldOf(body, 'Password');
  const token =
    user === undefined || password === undefined ? undefined : view.logIn(user, password);
  if (token === undefined || user === undefined) {
    return error(401, 'Base.1.8.NoValidSession', 'The user name or the password is wrong.');
  }
  const place = `${SESSIONS}/${token}`;
  return {
    status: 201,
    headers: { 'X-Auth-Token': token, Location: place },
    body: {
      '@odata.id': place,
      '@odata.type': '#Session.v1_3_0.Session',
      Id: token,
      Name: 'Session',
      UserName: user,
    },
  };
}

function root({ name }: RedfishView): object {
  return {
    '@odata.id': `${ROOT}/`,
    '@odata.type': '#ServiceRoot.v1_5_0.ServiceRoot',
    Id: 'RootService',
    Name: name,
    RedfishVersion: '1.8.0',
    Systems: { '@odata.id': `${ROOT}/Systems` },
    Chassis: { '@odata.id': `${ROOT}/Chassis` },
    Managers: { '@odata.id': `${ROOT}/Managers` },
    Links: { Sessions: { '@odata.id': SESSIONS } },
  };
}

function collection(path: string, type: string, members: readonly string[]): object {
  return {
    '@odata.id': path,
    '@odata.type': type,
    Name: path.slice(ROOT.length + 1),
    'Members@odata.count': members.length,
    Members: members.map((member) => ({ '@odata.id': member })),
  };
}

function get({ method }: RedfishAsked, body: object): RedfishAnswer {
  return method === 'GET' ? { status: 200, body } : wrongMethod();
}

function wrongMethod(): RedfishAnswer {
  return error(405, 'Base.1.8.OperationNotAllowed', 'This cannot be done to this resource.');
}

function missing(path: string): RedfishAnswer {
  return error(404, 'Base.1.8.ResourceMissingAtURI', `There is nothing at ${path}.`);
}

function error(status: number, code: string, message: string): RedfishAnswer {
  const info = [{ '@odata.type': '#Message.v1_0_8.Message', MessageId: code, Message: message }];
  return { status, body: { error: { code, message, '@Message.ExtendedInfo': info } } };
}

function fieldOf(body: unknown, field: string): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const value = (body as Record<string, unknown>)[field];
  return typeof value === 'string' ? value : undefined;
}
