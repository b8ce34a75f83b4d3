/** The shapes of logged events, for `event-shapes.ts`. Generated from `arena_ext/protocol/arena.v1.json` by `make contract`. */

export const SHAPES = {
  'participant-joined': {
    type: 'object',
    properties: {
      userId: { type: 'string' },
      username: { type: 'string' },
      color: { type: 'string' },
      role: { enum: ['interviewer', 'candidate', 'observer'] }
    },
    required: ['userId', 'username', 'color', 'role']
  },
  'participant-left': {
    type: 'object',
    properties: { userId: { type: 'string' } },
    required: ['userId']
  },
  'participant-renamed': {
    type: 'object',
    properties: {
      userId: { type: 'string' },
      from: { type: 'string' },
      username: { type: 'string' }
    },
    required: ['userId', 'from', 'username']
  },
  'participant-removed': {
    type: 'object',
    properties: { userId: { type: 'string' }, by: { type: ['string', 'null'] } },
    required: ['userId']
  },
  'typing-caught-up': {
    type: 'object',
    properties: { userId: { type: 'string' } },
    required: ['userId']
  },
  'language-updated': {
    type: 'object',
    properties: {
      userId: { type: ['string', 'null'] },
      language: { enum: ['javascript', 'python', 'typescript', 'sql'] }
    },
    required: ['userId', 'language']
  },
  'file-added': {
    type: 'object',
    properties: {
      userId: { type: ['string', 'null'] },
      name: { type: 'string' },
      root: { type: 'string' }
    },
    required: ['userId', 'name', 'root']
  },
  'file-renamed': {
    type: 'object',
    properties: {
      userId: { type: ['string', 'null'] },
      from: { type: 'string' },
      name: { type: 'string' },
      root: { type: 'string' }
    },
    required: ['userId', 'from', 'name', 'root']
  },
  'file-deleted': {
    type: 'object',
    properties: {
      userId: { type: ['string', 'null'] },
      name: { type: 'string' },
      root: { type: 'string' }
    },
    required: ['userId', 'name', 'root']
  },
  'main-file-changed': {
    type: 'object',
    properties: {
      userId: { type: ['string', 'null'] },
      name: { type: 'string' },
      root: { type: 'string' }
    },
    required: ['userId', 'name', 'root']
  },
  'title-updated': {
    type: 'object',
    properties: { userId: { type: ['string', 'null'] }, title: { type: 'string' } },
    required: ['userId', 'title']
  },
  'question-changed': {
    type: 'object',
    properties: { userId: { type: ['string', 'null'] }, question: { type: 'string' } },
    required: ['userId', 'question']
  },
  'session-locked': {
    type: 'object',
    properties: { userId: { type: ['string', 'null'] }, locked: { type: 'boolean' } },
    required: ['userId', 'locked']
  },
  'session-ended': {
    type: 'object',
    properties: { userId: { type: ['string', 'null'] } },
    required: ['userId']
  },
  'role-changed': {
    type: 'object',
    properties: {
      userId: { type: 'string' },
      role: { enum: ['interviewer', 'candidate', 'observer'] },
      by: { type: ['string', 'null'] }
    },
    required: ['userId', 'role']
  },
  'entry-changed': {
    type: 'object',
    properties: { userId: { type: ['string', 'null'] }, askToEnter: { type: 'boolean' } },
    required: ['userId', 'askToEnter']
  },
  'entry-requested': {
    type: 'object',
    properties: {
      userId: { type: 'string' },
      username: { type: 'string' },
      color: { type: 'string' },
      role: { enum: ['interviewer', 'candidate', 'observer'] },
      seat: { type: 'string' }
    },
    required: ['userId', 'username', 'color', 'role']
  },
  'entry-withdrawn': {
    type: 'object',
    properties: { userId: { type: 'string' } },
    required: ['userId']
  },
  'entry-admitted': {
    type: 'object',
    properties: {
      userId: { type: 'string' },
      by: { type: ['string', 'null'] },
      seat: { type: 'string' }
    },
    required: ['userId']
  },
  'entry-declined': {
    type: 'object',
    properties: { userId: { type: 'string' }, by: { type: ['string', 'null'] } },
    required: ['userId']
  },
  'execute-code': {
    type: 'object',
    properties: {
      userId: { type: ['string', 'null'] },
      runId: { type: 'string' },
      language: { enum: ['javascript', 'python', 'typescript', 'sql'] },
      code: { type: 'string' },
      main: { type: 'string' },
      files: { type: 'object', additionalProperties: { type: 'string' } }
    },
    required: ['userId', 'runId', 'language', 'code']
  },
  'execution-output': {
    type: 'object',
    properties: {
      userId: { type: ['string', 'null'] },
      runId: { type: 'string' },
      chunks: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            stream: { enum: ['stdout', 'stderr', 'stdin'] },
            mime: { type: 'string' },
            data: { type: 'string' }
          },
          required: ['data'],
          oneOf: [{ required: ['stream'] }, { required: ['mime'] }]
        }
      }
    },
    required: ['userId', 'runId', 'chunks']
  },
  'execution-result': {
    type: 'object',
    properties: {
      userId: { type: ['string', 'null'] },
      runId: { type: 'string' },
      output: { type: 'string' },
      error: { type: ['string', 'null'] },
      durationMs: { type: ['number', 'null'] },
      status: { enum: ['ok', 'error', 'stopped', 'timeout'] },
      location: {
        type: 'object',
        properties: {
          line: { type: 'integer' },
          column: { type: 'integer' },
          end: {
            type: 'object',
            properties: { line: { type: 'integer' }, column: { type: 'integer' } },
            required: ['line', 'column']
          }
        },
        required: ['line', 'column']
      }
    },
    required: ['userId', 'runId', 'output', 'error', 'durationMs', 'status']
  },
  'input-request': {
    type: 'object',
    properties: {
      userId: { type: ['string', 'null'] },
      runId: { type: 'string' },
      prompt: { type: 'string' }
    },
    required: ['userId', 'runId', 'prompt']
  },
  'input-reply': {
    type: 'object',
    properties: {
      userId: { type: ['string', 'null'] },
      runId: { type: 'string' },
      text: { type: ['string', 'null'] }
    },
    required: ['userId', 'runId', 'text']
  }
} as const;
