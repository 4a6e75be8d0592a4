// SPDX-License-Identifier: LGPL-2.1-or-later

// The interfaces as .NET's class library lists them, and the watch it keeps
// for changes of address.
using System;
using System.Net.NetworkInformation;

class Interfaces
{
  static void Main ()
  {
    NetworkChange.NetworkAddressChanged += (sender, e) => { };
    foreach (var item in NetworkInterface.GetAllNetworkInterfaces ())
      Console.WriteLine (item.Name + " " + item.GetIPProperties ().UnicastAddresses.Count);
    Environment.Exit (0);
  }
}
