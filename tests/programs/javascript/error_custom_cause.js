class ValidationError extends Error {
  constructor(field, options) {
    super(`bad ${field}`, options);
    this.name = 'ValidationError';
    this.field = field;
  }
}
try {
  throw new ValidationError('email', { cause: new Error('regex') });
} catch (e) {
  console.log(`${e}`, e.field, e.cause.message, e instanceof ValidationError, e.stack.split('\n')[0]);
}
throw new ValidationError('age', { cause: new RangeError('too old') });
