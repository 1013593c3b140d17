using Microsoft.Extensions.Primitives;

namespace Weerbaarheid.Relay.Pages.Roles;

/// <summary>A form with perhaps a PIN in it.</summary>
/// <param name="fields">As they came.</param>
internal sealed class PinForm(IReadOnlyDictionary<string, StringValues> fields)
{
    /// <summary>What was typed; null when the form did not ask for it.</summary>
    public string? Pin => fields.TryGetValue(PinPages.PinField, out var typed) ? typed.ToString() : null;

    /// <summary>All but the PIN and who gave it.</summary>
    public IEnumerable<(string Name, string Value)> Carried => fields.Where(one => one.Key is not (PinPages.PinField or PinPages.RoleField))
        .SelectMany(one => one.Value.Select(value => (one.Key, value ?? "")));

    /// <summary>A field; empty when it was left out.</summary>
    public string Value(string name) => fields.TryGetValue(name, out var value) && value.Count > 0 ? value[0] ?? "" : "";
}
