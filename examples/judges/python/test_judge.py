"""What the registry's gate cannot know: python3 -m unittest"""

import json
import pathlib
import unittest

from judge import no_profanity


class JudgeTest(unittest.TestCase):
    def test_a_word_is_found_whatever_its_case_and_only_as_a_word(self) -> None:
        self.assertEqual(no_profanity("Oh DAMN.").reason, "says 'damn'")
        self.assertEqual(no_profanity("Amsterdam, nmad.").verdict, "satisfied")

    def test_a_task_may_bring_words_of_its_own(self) -> None:
        self.assertEqual(no_profanity("fudge (sweet)", words=["fudge"]).verdict, "violated")
        self.assertEqual(no_profanity("a.b", words=["a+b"]).verdict, "satisfied")

    def test_all_mistakes_of_parameters_are_told_at_once(self) -> None:
        def pointers(parameters: dict[str, object]) -> list[str]:
            return [pointer for pointer, _ in no_profanity.parameter_mistakes(parameters)]

        self.assertEqual(pointers({"words": "x", "word": 1}), ["/word", "/words"])
        self.assertEqual(pointers({"words": []}), ["/words"])
        self.assertEqual(pointers({"words": ["x", " "]}), ["/words/1"])

    def test_the_registration_is_the_judges(self) -> None:
        written = json.loads((pathlib.Path(__file__).parent / "registration.json").read_text())
        of_the_judge = no_profanity.registration("http://127.0.0.1:8091")
        self.assertEqual({**written, **of_the_judge}, written)


if __name__ == "__main__":
    unittest.main()
