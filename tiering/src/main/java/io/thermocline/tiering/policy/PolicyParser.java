package io.thermocline.tiering.policy;

import com.fasterxml.jackson.databind.JsonNode;
import io.thermocline.tiering.policy.PolicyDocument.Policy;
import io.thermocline.tiering.policy.YamlTree.Place;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads policies strictly: what is unknown, twice there, of the wrong form, out of its limits or
 * without effect is a fault, and all faults are found at once. Thread-safe.
 */
public final class PolicyParser {
  /** A document may not be larger, in bytes of UTF-8. */
  public static final int MAX_BYTES = 256 << 10;

  private static final int MAX_FAULTS = 200;

  /**
   * What came of a document.
   *
   * @param document empty when there is a fault
   * @param faults in order of place
   */
  public record Parsed(Optional<PolicyDocument> document, List<PolicyFault> faults) {
    public Parsed {
      faults = List.copyOf(faults);
    }
  }

  private final String text;
  private final YamlTree tree;
  private final Set<PolicyFault> faults = new TreeSet<>(PolicyFault.BY_PLACE);
  private final Set<String> faultyPaths = new TreeSet<>();

  private PolicyParser(String text, YamlTree tree) {
    this.text = text;
    this.tree = tree;
  }

  /** Reads a document. Never throws for what stands in it. */
  public static Parsed parse(String yaml) {
    int size = yaml.getBytes(StandardCharsets.UTF_8).length;
    if (size > MAX_BYTES) {
      String message = "the document has " + size + " bytes, the limit is " + MAX_BYTES;
      return new Parsed(Optional.empty(), List.of(new PolicyFault(1, 1, "", message)));
    }
    return new PolicyParser(yaml, YamlTree.read(yaml)).parsed();
  }

  private Parsed parsed() {
    tree.faults().forEach(this::add);
    List<Policy> policies = List.of();
    if (!tree.root().isMissingNode()) {
      Set<String> told = Set.copyOf(faultyPaths);
      PolicySchema.check(tree).stream()
          .filter(fault -> !told.contains(fault.path()))
          .forEach(this::add);
      policies = policies();
      new Reachability(tree, this::fault).check();
    }
    return faults.isEmpty()
        ? new Parsed(Optional.of(new PolicyDocument(text, policies)), List.of())
        : new Parsed(Optional.empty(), faults.stream().limit(MAX_FAULTS).toList());
  }

  private List<Policy> policies() {
    List<Policy> policies = new ArrayList<>();
    JsonNode list = tree.root().path("policies");
    for (int i = 0; i < list.size(); i++) {
      String pointer = "/policies/" + i;
      // Of a map that stands where a list belongs nothing is at a number.
      JsonNode each = list.path(i);
      Map<PolicyKey, String> written = written(pointer, each);
      new PolicyRules(tree, pointer, each, written, this::fault).check();
      if (faults.isEmpty()) {
        policies.add(policy(pointer, each, written));
      }
    }
    return policies;
  }

  private Policy policy(String pointer, JsonNode node, Map<PolicyKey, String> written) {
    List<TopicGlob> topics = new ArrayList<>();
    node.path("topics").forEach(topic -> topics.add(new TopicGlob(topic.textValue())));
    Map<PolicyKey, Integer> lines = new EnumMap<>(PolicyKey.class);
    written.forEach((key, value) -> lines.put(key, tree.key(pointerOf(pointer, key)).line()));
    return new Policy(topics, PolicyRules.settings(node, written), lines);
  }

  /** The settings that stand there and are of the right form and within their limits. */
  private Map<PolicyKey, String> written(String pointer, JsonNode policy) {
    Map<PolicyKey, String> written = new EnumMap<>(PolicyKey.class);
    for (PolicyKey key : PolicyKey.values()) {
      String inside = pointerOf(pointer, key);
      JsonNode value = policy.path(key.section()).path(key.key());
      if (value.isMissingNode() || faultyPaths.contains(YamlTree.path(inside))) {
        continue;
      }
      String setting = tree.text(inside);
      Optional<String> problem = key.outOfLimits(setting);
      if (problem.isPresent()) {
        fault(tree.value(inside), inside, problem.get());
      } else {
        written.put(key, setting);
      }
    }
    return written;
  }

  static String pointerOf(String policy, PolicyKey key) {
    return policy + "/" + key.section() + "/" + key.key();
  }

  private void fault(Place place, String pointer, String message) {
    add(new PolicyFault(place.line(), place.column(), YamlTree.path(pointer), message));
  }

  private void add(PolicyFault fault) {
    faults.add(fault);
    faultyPaths.add(fault.path());
  }
}
