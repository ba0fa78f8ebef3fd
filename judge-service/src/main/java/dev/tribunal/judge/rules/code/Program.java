package dev.tribunal.judge.rules.code;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a runner gets.
 *
 * @param prelude what goes before the code, such as imports or the signature that the prompt gave; may be empty
 * @param code the completion's
 * @param tests a program text that runs after the code, and fails if the code is wrong
 */
record Program(String prelude, String code, String tests) {

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

    private static final Pattern PYTHON_IMPORT = Pattern.compile("(?m)^\\s*(?:import|from)\\s+([A-Za-z_][\\w.]*)");

    /** Without the completion: what is wrong with it then, is not the completion's. */
    Program testsAlone() {
        return new Program("", "", tests);
    }

    /** What the runner may know before the code has run: of the tests, only which modules they import. */
    byte[] firstFrames() {
        String modules = PYTHON_IMPORT
                .matcher(tests)
                .results()
                .map(found -> found.group(1))
                .distinct()
                .collect(Collectors.joining(" "));
        return frames(modules, prelude, code);
    }

    byte[] lastFrames(String key) {
        return frames(tests, key);
    }

    private static byte[] frames(String... texts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            for (String text : texts) {
                byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
                out.writeInt(encoded.length);
                out.write(encoded);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
