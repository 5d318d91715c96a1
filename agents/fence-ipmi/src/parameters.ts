/** What the agent may be told; names as fence agents for IPMI have them. */

export const PARAMETERS = {
  ip: {
    type: 'string',
    required: true,
    aliases: ['ipaddr'],
    shortdesc: 'Address or host name of the BMC',
  },
  ipport: {
    type: 'integer',
    default: 623,
    minimum: 1,
    maximum: 65_535,
    aliases: ['udpport'],
    shortdesc: 'UDP port of its RMCP service',
  },
  username: {
    type: 'string',
    default: '',
    aliases: ['login'],
    shortdesc: 'User of the BMC, allowed on its LAN channel',
  },
  password: {
    type: 'string',
    isPrivate: true,
    aliases: ['passwd'],
    shortdesc: 'Password of that user, up to 20 bytes',
  },
  password_script: {
    type: 'string',
    aliases: ['passwd_script'],
    shortdesc: 'Program that prints the password, instead of password',
  },
  privlvl: {
    type: 'string',
    default: 'administrator',
    values: ['callback', 'user', 'operator', 'administrator'],
    shortdesc: 'Privilege to ask for; switching needs operator',
  },
  cipher: {
    type: 'string',
    default: 'auto',
    pattern: '^(auto|[0-9]{1,2})$',
    shortdesc: 'Cipher suite; auto is 17, and 3 where the BMC refuses 17',
  },
  kg: {
    type: 'string',
    isPrivate: true,
    shortdesc: 'Group key of the BMC (K_g) as text, up to 20 bytes, where it has one',
  },
  hexadecimal_kg: {
    type: 'string',
    isPrivate: true,
    pattern: '^(0[xX])?([0-9a-fA-F]{2})*$',
    shortdesc: 'Group key of the BMC in hexadecimal digits, instead of kg',
  },
  lanplus: {
    type: 'boolean',
    default: true,
    shortdesc: 'IPMI 2.0, the only version that is spoken here',
  },
  method: {
    type: 'string',
    default: 'onoff',
    values: ['onoff'],
    shortdesc: 'How to reboot; a cycle could not be proven to have been off',
  },
  login_timeout: {
    type: 'duration',
    default: '5',
    shortdesc: 'How long a login may take, waiting for a free session included',
  },
  shell_timeout: {
    type: 'duration',
    default: '10',
    shortdesc: 'How long the BMC may take to answer a command',
  },
  ipmi_repeat: {
    type: 'duration',
    default: '1s',
    shortdesc: 'After how long what was not answered is sent again',
  },
} as const;
