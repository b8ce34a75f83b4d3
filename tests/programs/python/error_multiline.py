class HttpError(Exception):
    def __init__(self, status, message):
        super().__init__(status, message)
        self.status = status


try:
    raise HttpError(404, "nope")
except HttpError as e:
    print(e, repr(e), e.args, e.status)
raise HttpError(500, "two\nlines")
