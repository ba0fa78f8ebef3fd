package dev.tribunal.contracts.judge.v1;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a judge says of itself.
 *
 * @param contract {@code judge/v1}
 * @param deterministic whether the same item always gets the same verdict
 * @param maxBatchItems the most items it takes in one request
 * @param digest of the judge's build, if it wants others to notice that it is another one under the same version
 * @param parameters JSON Schema (2020-12) of the parameters that a task may give it; absent if it does not say
 * @param requires fields of an item without which it leaves the item undecided, a dot for each level, for example
 *     {@code reference.answer}; a run whose prompts lack one is refused. May be left out
 * @param checksItems whether it serves {@code POST /judge/v1/check}, which tells what is wrong with a prompt's data
 *     before there is a completion; may be left out by a judge that does not
 */
public record JudgeDescriptor(
        String name,
        String version,
        String contract,
        @Nullable String description,
        boolean deterministic,
        int maxBatchItems,
        @Nullable String digest,
        @Nullable Map<String, Object> parameters,
        @Nullable List<String> requires,
        @Nullable Boolean checksItems) {

    private static final int MAX_BATCH_ITEMS = 256;

    /** A judge that tells neither a digest nor its parameters, and needs no field. */
    public JudgeDescriptor(
            String name,
            String version,
            String contract,
            @Nullable String description,
            boolean deterministic,
            int maxBatchItems) {
        this(name, version, contract, description, deterministic, maxBatchItems, null, null, null, null);
    }

    /** A deterministic judge that takes 256 items at once. */
    public static JudgeDescriptor of(String name, String version, String description) {
        return new JudgeDescriptor(name, version, JudgeApi.CONTRACT, description, true, MAX_BATCH_ITEMS);
    }

    public JudgeDescriptor withDeterministic(boolean whether) {
        return new JudgeDescriptor(
                name,
                version,
                contract,
                description,
                whether,
                maxBatchItems,
                digest,
                parameters,
                requires,
                checksItems);
    }

    public JudgeDescriptor withMaxBatchItems(int most) {
        return new JudgeDescriptor(
                name, version, contract, description, deterministic, most, digest, parameters, requires, checksItems);
    }

    public JudgeDescriptor withParameters(Map<String, Object> schema) {
        return new JudgeDescriptor(
                name,
                version,
                contract,
                description,
                deterministic,
                maxBatchItems,
                digest,
                schema,
                requires,
                checksItems);
    }

    public JudgeDescriptor withRequires(String... fields) {
        return new JudgeDescriptor(
                name,
                version,
                contract,
                description,
                deterministic,
                maxBatchItems,
                digest,
                parameters,
                List.of(fields),
                checksItems);
    }

    /** A judge that tells what is wrong with a prompt's data. */
    public JudgeDescriptor withCheckOfItems() {
        return new JudgeDescriptor(
                name, version, contract, description, deterministic, maxBatchItems, digest, parameters, requires, true);
    }
}
