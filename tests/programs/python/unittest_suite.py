import sys
import unittest


def add(a, b):
    return a + b


class AddTest(unittest.TestCase):
    def setUp(self):
        self.base = 1

    def test_ints(self):
        self.assertEqual(add(self.base, 2), 3)

    def test_fails(self):
        with self.assertRaisesRegex(TypeError, "unsupported"):
            add(1, "x") if False else add(None, 1)

    @unittest.skip("later")
    def test_skipped(self):
        pass

    def test_sub(self):
        for i in range(2):
            with self.subTest(i=i):
                self.assertIn(i, [0, 1])


suite = unittest.defaultTestLoader.loadTestsFromTestCase(AddTest)
result = unittest.TextTestRunner(stream=sys.stdout, verbosity=0).run(suite) if False else suite.run(
    unittest.TestResult()
)
print(result.wasSuccessful(), len(result.failures), len(result.errors), len(result.skipped))
