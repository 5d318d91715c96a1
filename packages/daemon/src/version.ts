/** The version of this build, as `crm status` and the log show it. */
export const VERSION = '0.1.0';
