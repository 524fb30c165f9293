/** The word with which shells ask. It is no verb: nobody types it, and help does not list it. */
export const COMPLETE_WORD = '__complete';
