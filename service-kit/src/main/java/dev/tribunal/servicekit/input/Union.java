package dev.tribunal.servicekit.input;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An interface whose records are told apart by a field.
 *
 * @param field that names the record
 * @param records by what the field says
 * @param otherwise what is meant without the field
 */
public record Union(String field, Map<String, Class<?>> records, Optional<Class<?>> otherwise) {

    public static boolean is(Class<?> type) {
        return type.isInterface() && type.isAnnotationPresent(JsonTypeInfo.class);
    }

    /** The names of records of which nothing has to be given. */
    public List<String> namesThatSuffice() {
        return records.entrySet().stream()
                .filter(entry -> Field.of(entry.getValue()).stream().noneMatch(Field::required))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The unions that a record is one of. */
    public static Stream<Class<?>> above(Class<?> record) {
        return Arrays.stream(record.getInterfaces())
                .flatMap(parent -> Stream.concat(Stream.of(parent).filter(Union::is), above(parent)))
                .distinct();
    }

    public static Union of(Class<?> type) {
        JsonTypeInfo info = type.getAnnotation(JsonTypeInfo.class);
        Map<String, Class<?>> records = new LinkedHashMap<>();
        for (JsonSubTypes.Type subtype : type.getAnnotation(JsonSubTypes.class).value()) {
            records.put(subtype.name(), subtype.value());
        }
        Optional<Class<?>> otherwise = Optional.<Class<?>>of(info.defaultImpl()).filter(records::containsValue);
        return new Union(info.property(), records, otherwise);
    }
}
