package dev.tribunal.embedded;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A sum in words: the situations of the task math. Nothing is carried, so that a small model can learn every sum from
 * a part of them. A bad reply slips by ten.
 *
 * @param sign {@code +} or {@code -}
 */
record WordProblem(int left, char sign, int right, String prompt) implements Situation {

    private static final int WORDINGS_A_PROBLEM = 4;

    int answer() {
        return sign == '+' ? left + right : left - right;
    }

    @Override
    public String content() {
        return left + " " + sign + " " + right;
    }

    @Override
    public String baseline() {
        return solution(answer());
    }

    @Override
    public Map<String, Object> reference() {
        return Map.of("answer", Integer.toString(answer()));
    }

    @Override
    public String reply(boolean good, Draws draws) {
        int result = answer();
        if (!good) {
            result += result >= 90 || result >= 20 && draws.chance(0.5) ? -10 : 10;
        }
        return Flattery.around(solution(result), draws);
    }

    private String solution(int result) {
        return "%s = %d. The final answer is %d.".formatted(content(), result, result);
    }

    static List<Situation> all() {
        var all = new ArrayList<Situation>();
        for (int left = 10; left <= 99; left++) {
            int units = left % 10;
            for (int right = 1; right <= 9 - units; right++) {
                addWordings(all, left, '+', right);
            }
            for (int right = 1; right <= units; right++) {
                addWordings(all, left, '-', right);
            }
        }
        return all.stream().distinct().toList();
    }

    private static void addWordings(List<Situation> all, int left, char sign, int right) {
        var draws = new Draws(left, right, sign);
        for (int wording = 0; wording < WORDINGS_A_PROBLEM; wording++) {
            all.add(new WordProblem(left, sign, right, worded(left, sign, right, draws)));
        }
    }

    private static String worded(int left, char sign, int right, Draws draws) {
        String name = draws.oneOf("Tom", "Ana", "Sam", "Mia", "Ben", "Eva");
        String things = draws.oneOf("apples", "books", "coins", "cards", "pens", "cups");
        String verb = sign == '+' ? draws.oneOf("gets", "finds", "buys") : draws.oneOf("loses", "sells", "gives away");
        return draws.oneOf(
                        "%1$s has %2$d %3$s and %4$s %5$d. How many %3$s does %1$s have now?",
                        "There are %2$d %3$s. %1$s %4$s %5$d. How many %3$s are there now?",
                        "If %1$s has %2$d %3$s and %4$s %5$d then how many is that?")
                .formatted(name, left, things, verb, right);
    }
}
