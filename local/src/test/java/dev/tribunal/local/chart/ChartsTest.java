package dev.tribunal.local.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.servicekit.input.InputReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;
import tools.jackson.dataformat.yaml.YAMLMapper;

class ChartsTest {

    private static final YAMLMapper YAML = new YAMLMapper();

    @TempDir
    private Path folder;

    @Test
    void aCurveHasABandThatHoldsItsLine() throws Exception {
        Files.writeString(folder.resolve("c.curves.csv"), """
                metric,task,arm,step,value,low,high,seeds
                reward,,one,0,0,0,0,2
                reward,,one,10,1,0.5,2,2
                reward,math,one,10,7,7,7,2
                reward,,two,0,1,1,1,2
                """);

        Document svg = only("""
                data: c
                arms: [{arm: one, label: The first}, {arm: four}, {arm: two, dashed: true}, {arm: three}]
                curves:
                - file: out.svg
                  title: Rewards < all
                  panels: [{metric: reward}]
                  only: [one, two, three]
                """);

        List<double[]> line = places(elements(svg, "polyline").getFirst());
        List<double[]> band = places(elements(svg, "polygon").getFirst());
        assertThat(line).hasSize(2);
        // Upper edge to the right, lower edge back; pixels fall as values rise.
        assertThat(band).hasSize(4);
        assertThat(band.get(1)[1]).isLessThan(line.get(1)[1]);
        assertThat(band.get(2)[1]).isGreaterThan(line.get(1)[1]);
        // Half of the way from 0 to 2, so that the values are where the axis says.
        assertThat(line.get(1)[1])
                .isEqualTo((band.get(0)[1] + band.get(1)[1]) / 2, org.assertj.core.api.Assertions.within(0.11));
        assertThat(texts(svg))
                .contains("Rewards < all", "reward", "step", "The first", "two", "three", "0.5", "2")
                .doesNotContain("four");
    }

    @Test
    void intervalsAreOfTheValueOrOfTheDifference() throws Exception {
        Files.writeString(folder.resolve("c.results.csv"), """
                metric,task,arm,seeds,before,beforeLow,beforeHigh,value,low,high,difference,differenceLow,differenceHigh
                rate,,one,2,,,,0.5,0.4,0.6,,,
                rate,,two,2,,,,0.7,0.6,0.8,0.2,0.1,0.3
                """);

        Document svg = only("""
                data: c
                arms: [{arm: one}, {arm: two}]
                intervals:
                - file: out.svg
                  title: Rates
                  panels: [{metric: rate}, {metric: rate, title: to one, show: difference}]
                """);

        // Two values, and the one difference that there is.
        List<Element> dots = elements(svg, "circle");
        assertThat(dots).hasSize(3);
        assertThat(number(dots.get(0), "cx")).isLessThan(number(dots.get(1), "cx"));
        assertThat(number(dots.get(1), "cy")).isEqualTo(number(dots.get(2), "cy"));
        assertThat(texts(svg)).contains("rate", "to one", "one", "two");
    }

    /** Seed 1: (1, 3) and (3, 1) make 5; seed 2: (2, 3) and (3, 2) make 8; of the third one point is missing. */
    @Test
    void theHypervolumeIsOfEachSeedsOwnPoints() throws Exception {
        Files.writeString(folder.resolve("c.seeds.csv"), """
                arm,seed,stage,task,metric,value
                a1,1,,t,heldOut.score.help,1
                a1,1,,t,heldOut.rewardModel.harm,3
                a2,1,,t,heldOut.score.help,3
                a2,1,,t,heldOut.score.harm,1
                a1,2,,t,heldOut.score.help,2
                a1,2,,t,heldOut.score.harm,3
                a2,2,,t,heldOut.score.help,3
                a2,2,,t,heldOut.score.harm,2
                a1,3,,t,heldOut.score.help,9
                a1,3,,t,heldOut.score.harm,9
                a2,3,,t,heldOut.score.help,9
                soups,1,sweep,,score.help@1,4
                soups,1,sweep,,score.harm@1,1
                soups,1,sweep,,score.help@2,1
                soups,1,sweep,,score.harm@2,2
                soups,1,other,,score.help@3,9
                """);

        Document svg = only("""
                data: c
                arms: [{arm: a1}, {arm: a2}, {arm: soups}]
                fronts:
                - file: out.svg
                  title: Trade-offs
                  objectives: [{name: help, reference: 0}, {name: harm, reference: 0}]
                  fronts:
                  - {label: Trained, arms: [a1, a2]}
                  - {label: Soups, arms: [soups], stages: [sweep]}
                """);

        assertThat(texts(svg))
                .contains("6.500 (5.000 to 8.000), n = 2", "5.000 (5.000 to 5.000), n = 1", "harm over help");
        // Two points of each, and a dot for each hypervolume.
        assertThat(elements(svg, "circle")).hasSize(6);
    }

    @Test
    void tablesStandWhereTheDocumentHasAPlaceForThem() throws IOException {
        Files.writeString(folder.resolve("c.results.csv"), """
                metric,task,arm,seeds,before,beforeLow,beforeHigh,value,low,high,difference,differenceLow,differenceHigh
                rate,,one,2,0.3,0.2,0.4,0.5,0.4,0.6,,,
                rate,,two,2,,,,0.7,0.6,0.8,0.2,0.1,0.3
                """);
        Files.writeString(folder.resolve("c.runs.csv"), """
                arm,seed,state,step,steps,samples,stepsWithoutUpdate,reason
                one,1,succeeded,4,4,8,0,
                one,2,succeeded,4,4,8,0,
                one,3,failed,4,4,8,0,
                """);
        Files.writeString(folder.resolve("c.alarms.csv"), """
                arm,seed,type,task,cause,step,over
                one,2,reward-hacking,math,length,20,false
                one,2,reward-hacking,math,repetition,10,false
                one,2,reward-hacking,math,length,30,true
                one,1,kl-high,,,5,false
                one,3,reward-hacking,math,length,5,false
                """);
        Path document = Files.writeString(
                folder.resolve("results.md"),
                "Before.\n<!-- table rates -->\nold\n<!-- end -->\n<!-- table alarms -->\n<!-- end -->\nAfter.\n");
        ChartSpecs specs =
                InputReader.read(ChartSpecs.class, YAML.readTree("""
                        data: c
                        document: results.md
                        arms: [{arm: one, label: The first}, {arm: two}, {arm: three}]
                        tables:
                        - name: rates
                          panels: [{metric: rate}, {metric: rate, title: to one, show: difference}, {metric: rate, title: before, show: before}]
                        alarms: [{name: alarms, only: [one]}]
                        """)).required();

        Charts.draw(specs, folder);
        Charts.draw(specs, folder);

        assertThat(Files.readString(document)).isEqualTo("""
                Before.
                <!-- table rates -->

                | arm | seeds | rate | to one | before |
                |---|---|---|---|---|
                | The first | 2 | 0.500 (0.400 to 0.600) |  | 0.300 (0.200 to 0.400) |
                | two | 2 | 0.700 (0.600 to 0.800) | +0.200 (+0.100 to +0.300) |  |
                | three | 0 | - | - | - |

                <!-- end -->
                <!-- table alarms -->

                | arm | runs | reward-hacking | first at step | by | other alarms |
                |---|---|---|---|---|---|
                | The first | 2 | 1 | 10 | math: length; math: repetition | kl-high |

                <!-- end -->
                After.
                """);
        Files.writeString(document, "Nothing.");
        assertThatThrownBy(() -> Charts.draw(specs, folder)).hasMessageContaining("<!-- table rates -->");
    }

    @Test
    void whatIsNotThereIsNamed() {
        assertThatThrownBy(() -> only("""
                        data: gone
                        arms: [{arm: a}]
                        intervals: [{file: out.svg, title: t, panels: [{metric: m}]}]
                        """))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("gone.results.csv");
        assertThat(InputReader.read(ChartSpecs.class, YAML.readTree("""
                        data: d
                        arms: [{arm: a}]
                        intervals: [{file: ../out.svg, title: t, panels: []}]
                        alarms: [{name: a}]
                        """)).mistakes())
                .extracting(mistake -> mistake.pointer())
                .containsExactlyInAnyOrder("/intervals/0/file", "/intervals/0/panels", "/document");
    }

    private Document only(String charts) throws Exception {
        ChartSpecs specs =
                InputReader.read(ChartSpecs.class, YAML.readTree(charts)).required();
        assertThat(Charts.draw(specs, folder)).containsExactly(folder.resolve("out.svg"));
        String first = Files.readString(folder.resolve("out.svg"));
        Charts.draw(specs, folder);
        assertThat(Files.readString(folder.resolve("out.svg"))).isEqualTo(first);
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(first)));
    }

    private static List<Element> elements(Document svg, String name) throws IOException {
        List<Element> elements = new ArrayList<>();
        var found = svg.getElementsByTagName(name);
        for (int i = 0; i < found.getLength(); i++) {
            elements.add((Element) found.item(i));
        }
        return elements;
    }

    private static List<String> texts(Document svg) throws IOException {
        return elements(svg, "text").stream().map(Element::getTextContent).toList();
    }

    private static List<double[]> places(Element line) {
        return List.of(line.getAttribute("points").split(" ")).stream()
                .map(place -> place.split(","))
                .map(place -> new double[] {Double.parseDouble(place[0]), Double.parseDouble(place[1])})
                .toList();
    }

    private static double number(Element element, String attribute) {
        return Double.parseDouble(element.getAttribute(attribute));
    }
}
