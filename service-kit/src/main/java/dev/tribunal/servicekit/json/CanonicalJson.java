package dev.tribunal.servicekit.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON that digests are made of, so that the same value is the same text: maps in the alphabetical order of their keys,
 * records in that of their components. A component that moves changes what was digested before.
 */
public final class CanonicalJson {

    private static final JsonMapper ALL = JsonMapper.builder()
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();
    private static final JsonMapper GIVEN = ALL.rebuild()
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    private CanonicalJson() {}

    /** With the nulls of absent properties. */
    public static String of(Object value) {
        return ALL.writeValueAsString(value);
    }

    /** Without what is absent: the text stays the same when a record learns something new. */
    public static String ofGiven(Object value) {
        return GIVEN.writeValueAsString(value);
    }
}
