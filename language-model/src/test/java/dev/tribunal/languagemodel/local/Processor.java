package dev.tribunal.languagemodel.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the processor can do, as Linux tells it: what tests hold the engine's own choice against. {@code
 * ONEDNN_MAX_CPU_ISA} makes it a smaller one.
 */
public final class Processor {

    private static final Set<String> FLAGS = flags();

    private Processor() {}

    public static boolean isX86Linux() {
        return System.getProperty("os.name").equals("Linux")
                && System.getProperty("os.arch").equals("amd64");
    }

    /** Whether oneDNN has products in bf16 here, with instructions for it or without. */
    public static boolean hasOneDnnBf16() {
        boolean narrow = allowed("AVX2_VNNI_2", "DEFAULT", "ALL") && FLAGS.contains("avx_ne_convert");
        return isX86Linux() && (narrow || allows512() && FLAGS.containsAll(Set.of("avx512bw", "avx512vl", "avx512dq")));
    }

    /** Whether it multiplies bf16 by instructions of its own. */
    public static boolean hasBf16Instructions() {
        boolean narrow = allowed("AVX2_VNNI_2", "DEFAULT", "ALL") && FLAGS.contains("avx_ne_convert");
        boolean wide = allowed("AVX512_CORE_BF16", "AVX512_CORE_FP16", "AVX512_CORE_AMX", "DEFAULT", "ALL", "AVX10")
                && (FLAGS.contains("avx512_bf16") || FLAGS.contains("amx_bf16"));
        return narrow || wide;
    }

    private static boolean allows512() {
        return allowed("AVX512", "AVX10", "DEFAULT", "ALL");
    }

    private static boolean allowed(String... beginnings) {
        String most = System.getenv().getOrDefault("ONEDNN_MAX_CPU_ISA", "DEFAULT");
        return Arrays.stream(beginnings).anyMatch(most::startsWith);
    }

    private static Set<String> flags() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("flags"))
                    .findFirst()
                    .map(line -> (Set<String>) new TreeSet<>(Arrays.asList(line.split("\\s+"))))
                    .orElse(Set.of());
        } catch (IOException notLinux) {
            return Set.of();
        }
    }
}
