package dev.tribunal.judge.rules.code;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What is judged, and by what.
 *
 * @param prelude what goes before the code, such as imports or the signature that the prompt gave; may be empty
 * @param code the completion's
 * @param tests a program text that fails if the code is wrong; empty if there are cases
 * @param entryPoint the function or class that the tests or the cases are for; may be empty
 * @param checker a Python text that says whether an output is right; may be empty
 * @param cases a JSON list of {@code {"input", "expected"}}; empty if there are tests
 */
record Program(String prelude, String code, String tests, String entryPoint, String checker, String cases) {

    Program(String prelude, String code, String tests) {
        this(prelude, code, tests, "", "", "");
    }

    static final Program EXAMPLE_IN_JAVA = new Program("""
            import java.util.*;
            class Solution {
            """, """
                public List<Integer> twice(List<Integer> values) {
                    return values.stream().map(value -> 2 * value).toList();
                }
            }
            """, """
            public class Main {
                public static void main(String[] args) {
                    List<Boolean> correct = Arrays.asList(
                            new Solution().twice(Arrays.asList(1, 2)).equals(Arrays.asList(2, 4)));
                    if (correct.contains(false)) {
                        throw new AssertionError();
                    }
                    String text = "twice " + correct.size();
                }
            }
            """);

    /** Whether the code is a whole program that reads its input and prints its output. */
    boolean readsInput() {
        return !cases.isEmpty() && entryPoint.isEmpty();
    }

    /** What the tests' process gets. Only a language that is compiled with its tests needs the code there. */
    byte[] forTests(boolean compiled) {
        return texts(tests, prelude, entryPoint, checker, cases, compiled ? code : "");
    }

    /** @param shared names of types that both processes have, as the tests' process says */
    byte[] forCompletion(String shared) {
        return texts(prelude, code, shared, readsInput() ? "main" : "");
    }

    private static byte[] texts(String... texts) {
        byte[][] encoded = new byte[texts.length][];
        int length = 0;
        for (int i = 0; i < texts.length; i++) {
            encoded[i] = texts[i].getBytes(StandardCharsets.UTF_8);
            length += Integer.BYTES + encoded[i].length;
        }
        ByteBuffer bytes = ByteBuffer.allocate(length);
        for (byte[] text : encoded) {
            bytes.putInt(text.length).put(text);
        }
        return bytes.array();
    }
}
