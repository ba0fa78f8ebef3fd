package dev.tribunal.servicekit.openapi;

import com.github.therapi.runtimejavadoc.ClassJavadoc;
import com.github.therapi.runtimejavadoc.Comment;
import com.github.therapi.runtimejavadoc.Link;
import com.github.therapi.runtimejavadoc.ParamJavadoc;
import com.github.therapi.runtimejavadoc.RuntimeJavadoc;
import com.github.therapi.runtimejavadoc.ToHtmlStringCommentVisitor;
import java.lang.reflect.Method;
import java.util.List;

/** The contracts' Javadoc as CommonMark, which is what OpenAPI's descriptions are. Empty where there is none. */
final class Javadocs {

    private Javadocs() {}

    static String of(Class<?> type) {
        return text(RuntimeJavadoc.getJavadoc(type).getComment());
    }

    static String of(Method method) {
        return text(RuntimeJavadoc.getJavadoc(method).getComment());
    }

    static String ofParameter(Method method, String name) {
        return find(RuntimeJavadoc.getJavadoc(method).getParams(), name);
    }

    static String ofComponent(Class<?> type, String name) {
        ClassJavadoc javadoc = RuntimeJavadoc.getJavadoc(type);
        return find(javadoc.getRecordComponents(), name);
    }

    private static String find(List<ParamJavadoc> params, String name) {
        return params.stream()
                .filter(param -> param.getName().equals(name))
                .findFirst()
                .map(param -> text(param.getComment()))
                .orElse("");
    }

    private static String text(Comment comment) {
        CommonMark text = new CommonMark();
        comment.visit(text);
        // Javadoc's {@code} ends at the first brace that closes, for the library: texts with braces are written <code>.
        return text.build()
                .replaceAll("\\s+", " ")
                .replaceAll("</?code>", "`")
                .replace(" <p>", "\n\n")
                .strip();
    }

    private static final class CommonMark extends ToHtmlStringCommentVisitor {

        @Override
        public void inlineTag(String name, String value) {
            buf.append('`').append(value).append('`');
        }

        @Override
        public void inlineLink(Link link) {
            buf.append('`').append(link.getLabel()).append('`');
        }
    }
}
