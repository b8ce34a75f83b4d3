import io
import unittest


class T(unittest.TestCase):
    def test_ok(self):
        self.assertTrue(True)


if __name__ == "__main__":
    runner = unittest.TextTestRunner(stream=io.StringIO())
    print(unittest.main(testRunner=runner, exit=False).result)
    print("after")
