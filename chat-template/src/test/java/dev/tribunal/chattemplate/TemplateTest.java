package dev.tribunal.chattemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDateTime;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a template is refused for, and that it can do no harm; what it renders, GoldenChatTemplatesTest says. */
class TemplateTest {

    private static final LocalDateTime NOW = LocalDateTime.of(2024, 7, 6, 13, 5, 9);

    @ParameterizedTest
    @CsvSource(delimiter = '§', ignoreLeadingAndTrailingWhitespace = true, textBlock = """
            {{ 1 + }}                      § line 1: expected an expression, not }}
            {{ 'a                          § line 1: the string has no end '
            {# a                           § line 1: the comment has no end '#}'
            {% raw %} a                    § line 1: the raw block has no end '{% endraw %}'
            {{ a                           § line 1: the tag has no end '}}'
            {% if a %}                     § line 1: the template ends before elif or else or endif
            {{ (1] }}                      § line 1: unexpected ']'
            {% fore x in y %}{% endfor %}  § line 1: unknown tag 'fore'
            {% include 'x' %}              § line 1: the tag 'include' is not supported in chat templates
            {% break %}                    § line 1: 'break' and 'continue' belong into a for loop
            {{ 1 | shout }}                § line 1: no filter named 'shout' is known here
            {{ 1 is loud }}                § line 1: no test named 'loud' is known here
            {{ none.strip() }}             § line 1: 'None' has no attribute 'strip'
            {{ x.y.z }}                    § line 1: 'x' is undefined
            {{ 1 + 'a' }}                  § line 1: '+' does not go with 'int' and 'str'
            {{ 1 / 0 }}                    § line 1: division by zero
            {{ [].append(1) }}             § line 1: access to attribute 'append' of 'list' object is unsafe.
            {{ namespace(_x=1) }} § line 1: a namespace cannot hold the name '_x': it begins with an underscore
            {% set a.b = 1 %}              § line 1: cannot assign attribute on non-namespace object 'a'
            {% set a, b = [1] %}           § line 1: expected 2 values to unpack, got 1
            {{ range(3).x() }}             § line 1: 'range object' has no attribute 'x'
            {{ 9223372036854775807 + 1 }}  § line 1: the integer 9223372036854775807 + 1 is too large
            {{ strftime_now('%s') }}       § line 1: strftime_now does not support %s in '%s'
            {{ [1] | map('upper') }}       § line 1: a generator has no text: put it through the filter list or join
            {{ range }}                    § line 1: 'range' is a function and has no text: call it
            {{ {[]: 1} }}                  § line 1: a key must be a text, an integer or none, not list
            {{ raise_exception('no') }}    § no (line 1)
            """)
    void whatIsWrongIsSaid(String template, String message) {
        assertThatThrownBy(() -> render(template))
                .isInstanceOf(TemplateException.class)
                .hasMessage(message);
    }

    @Test
    void theLineIsThatOfTheMistake() {
        assertThatThrownBy(() -> render("a\n{% if true -%}\n\n  {{ 1 }}\n  {{ x.y }}\n{% endif %}"))
                .hasMessage("line 5: 'x' is undefined");
        assertThatThrownBy(() -> render("{% macro m(a) %}\n{{ a.b.c }}\n{% endmacro %}\n{{ m({}) }}"))
                .hasMessage("line 2: 'dict object' has no attribute 'b'");
        assertThatThrownBy(() -> render("a\n\n{{ raise_exception('no') }}"))
                .satisfies(refused ->
                        assertThat(((TemplateException) refused).isRefusal()).isTrue());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% set x = 'ab' %}{% for i in range(100) %}{% set x = x ~ x %}{{ x * 2 ** i }}{% endfor %}",
                "{{ 'a' * 10 ** 10 }}",
                "{{ [0] * 10 ** 9 }}",
                "{{ ('a' * 10 ** 6) | replace('', 'a' * 10 ** 6) }}",
                "{{ range(10 ** 5) | join('a' * 10 ** 5) }}",
                "{{ range(10 ** 9) | list }}",
                "{{ 'a' | center(10 ** 12) }}",
                "{{ 'a' | indent(10 ** 12, true) }}",
                "{{ '%999999s' * 9 }}{{ ('%999999s' * 99) | format('a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a') }}",
                "{{ '{:>999999}{:>999999}'.format('a') }}",
                "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
                "{% for a in range(99999) %}{% for b in range(99999) %}abc{% endfor %}{% endfor %}",
                "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
                "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
                "{% set ns = namespace(x=[]) %}{% for i in range(9999) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}",
            })
    void aTemplateIsStopped(String template) {
        assertThatThrownBy(() -> render(template)).isInstanceOf(TemplateException.class);
    }

    @Test
    void deepNestingIsRefused() {
        int deep = 100_000;
        for (String template : new String[] {
            "{{ " + "(".repeat(deep) + "1" + ")".repeat(deep) + " }}",
            "{{ " + "not ".repeat(deep) + "1 }}",
            "{{ 1" + " + 1".repeat(deep) + " }}",
            "{{ x" + ".y".repeat(deep) + " }}",
            "{{ 1 " + "| abs".repeat(deep) + " }}",
            "{{ " + "[".repeat(deep) + "]".repeat(deep) + " }}",
            "{% if 1 %}".repeat(deep) + "{% endif %}".repeat(deep),
            "{% set " + "(".repeat(deep) + "a" + ")".repeat(deep) + " = 1 %}"
        }) {
            assertThatThrownBy(() -> render(template)).isInstanceOf(TemplateException.class);
        }
    }

    /** Each rendering has its own steps, and one that nobody waits for any more ends before it has used them. */
    @Test
    void aRenderingIsBoundedAndStopsWhenItsThreadIsInterrupted() {
        String slow = "{% for i in range(100000) %}{% for j in range(40) %}{% endfor %}{% endfor %}done";
        assertThat(render(slow)).isEqualTo("done");
        assertThat(render(slow)).as("the second time").isEqualTo("done");
        assertThatThrownBy(() -> render(slow.replace("range(40)", "range(400)")))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("steps");

        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> render(slow)).isInstanceOf(CancellationException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void thePresentIsWhatTheCallerSays() {
        assertThat(render("{{ strftime_now('%d %b %Y') }}")).isEqualTo("06 Jul 2024");
    }

    private static String render(String template) {
        return Template.parse(template).render(Map.of(), () -> NOW);
    }
}
