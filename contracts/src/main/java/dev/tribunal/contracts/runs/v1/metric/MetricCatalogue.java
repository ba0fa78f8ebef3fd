package dev.tribunal.contracts.runs.v1.metric;

import com.github.therapi.runtimejavadoc.RuntimeJavadoc;
import com.github.therapi.runtimejavadoc.ToHtmlStringCommentVisitor;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** The metrics that there are, as the constants of {@link MetricNames} say. */
public final class MetricCatalogue {

    private MetricCatalogue() {}

    /** In their order there; endings, which begin with a dot, first. */
    public static List<MetricResource> all() {
        return fields().filter(field -> field.getType() == String.class)
                .map(MetricCatalogue::resource)
                .toList();
    }

    /** The names of those that may be others when the same run is trained again: what a clock says, or the machine. */
    public static List<String> ofTheMachine() {
        return fields().filter(field ->
                        field.getAnnotation(Measured.class) instanceof Measured measured && measured.ofTheMachine())
                .map(MetricCatalogue::name)
                .toList();
    }

    /**
     * The direction that is good for a metric; empty if there is none of that name.
     *
     * @param name with what stands after it, if anything
     */
    public static Optional<MetricResource.Good> good(String name) {
        return fields().filter(field -> field.getAnnotation(Measured.class) instanceof Measured measured
                        && (name.equals(name(field)) || !measured.of().isEmpty() && name.startsWith(name(field) + ".")))
                .max((one, other) ->
                        Integer.compare(name(one).length(), name(other).length()))
                .map(field -> field.getAnnotation(Measured.class).good());
    }

    private static Stream<Field> fields() {
        return Arrays.stream(MetricNames.class.getFields());
    }

    private static MetricResource resource(Field field) {
        Measured measured = field.getAnnotation(Measured.class);
        List<String> with = new ArrayList<>();
        if (measured != null && measured.spread()) {
            with.addAll(MetricNames.SPREAD);
        }
        if (measured != null && measured.interval()) {
            with.addAll(MetricNames.INTERVAL);
        }
        return new MetricResource(
                name(field),
                sentence(field),
                measured == null ? "of the metric" : measured.unit(),
                measured == null ? MetricResource.Good.NONE : measured.good(),
                measured == null || measured.of().isEmpty() ? null : measured.of(),
                with);
    }

    private static String sentence(Field field) {
        PlainText text = new PlainText();
        RuntimeJavadoc.getJavadoc(field).getComment().visit(text);
        return text.build().replaceAll("\\s+", " ").strip();
    }

    private static final class PlainText extends ToHtmlStringCommentVisitor {

        @Override
        public void inlineTag(String name, String value) {
            buf.append(value);
        }
    }

    private static String name(Field constant) {
        try {
            return Objects.requireNonNull((String) constant.get(null));
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
